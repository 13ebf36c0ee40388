import Toolkit

/// Lines over a common axis, one for each run or threshold.
struct LineChart {
    struct Series {
        var name: String
        var points: [(x: Double, y: Double)]
        /// Lower and upper ends of intervals, at the same x; empty where there are none.
        var band: [(lower: Double, upper: Double)] = []
        /// Whether each point gets a mark.
        var hasMarks = true
    }

    var description: String
    var xTitle: String
    var yTitle: String
    var series: [Series]
    /// The texts at marks of the x axis.
    var xMarks: [(value: Double, text: String)]
    /// The upper end of the y axis; that of the data where nil.
    var top: Double? = nil
    /// How a y value is written.
    var yText: (Double) -> String = { "\(SVGDrawing.number($0))" }

    func drawing(width: Double = 420, height: Double = 260) -> SVGDrawing {
        var drawing = SVGDrawing(width: width, height: height, description: description)
        let left = 64.0, right = 18.0, upper = 10.0, lower = 40.0
        let keyHeight = series.count > 1 ? 16 * Double((series.count + 1) / 2) : 0
        let values = series.flatMap { $0.points.map(\.y) + $0.band.map(\.upper) }.filter(\.isFinite)
        let axis = AxisScale(top: top ?? values.max() ?? 1)
        let xs = series.flatMap { $0.points.map(\.x) } + xMarks.map(\.value)
        let first = xs.min() ?? 0, last = max(xs.max() ?? 1, first + 1e-9)
        let plotHeight = height - upper - lower - keyHeight
        func x(_ value: Double) -> Double { left + (value - first) / (last - first) * (width - left - right) }
        func y(_ value: Double) -> Double { upper + (1 - min(1, max(0, value / axis.top))) * plotHeight }

        for mark in axis.marks {
            drawing.line(left, y(mark), width - right, y(mark), style: "grid")
            drawing.text(yText(mark), left - 6, y(mark) + 4, style: "muted", anchor: .end)
        }
        drawing.line(left, y(0), width - right, y(0), style: "axis")
        for mark in xMarks { drawing.text(mark.text, x(mark.value), y(0) + 15, style: "muted", anchor: .middle) }
        drawing.text(xTitle, (left + width - right) / 2, y(0) + 31, style: "muted", anchor: .middle)
        drawing.text(yTitle, 11, upper + plotHeight / 2, style: "muted", anchor: .middle, turned: true)
        for (index, item) in series.enumerated() {
            let colour = index % SVGDrawing.seriesColours.count
            if item.band.count == item.points.count, !item.band.isEmpty {
                let edge = zip(item.points, item.band)
                drawing.polygon(
                    edge.map { (x($0.x), y($1.lower)) } + edge.reversed().map { (x($0.x), y($1.upper)) },
                    style: "b\(colour)")
            }
            drawing.polyline(item.points.map { (x($0.x), y($0.y)) }, style: "s\(colour)")
            for point in item.hasMarks ? item.points : [] {
                drawing.dot(
                    x(point.x), y(point.y), style: "f\(colour)",
                    title: "\(item.name): \(SVGDrawing.number(point.x)), \(yText(point.y))")
            }
            guard series.count > 1 else { continue }
            let column = Double(index % 2), row = Double(index / 2)
            let keyX = left + column * (width - left) / 2, keyY = height - keyHeight + row * 16 + 6
            drawing.line(keyX, keyY, keyX + 16, keyY, style: "s\(colour)")
            drawing.text(TextWidth.cut(item.name, toFit: (width - left) / 2 - 28), keyX + 22, keyY + 4)
        }
        return drawing
    }
}

/// An axis from 0 with marks at round values.
struct AxisScale {
    let top: Double
    let marks: [Double]

    /// - Parameter top: the highest value to be shown.
    init(top highest: Double) {
        let wanted = highest.isFinite && highest > 0 ? highest : 1
        var power = 1.0
        while power * 10 <= wanted { power *= 10 }
        while power > wanted { power /= 10 }
        let step = [0.2, 0.5, 1, 2, 5].map { $0 * power }.first { wanted / $0 <= 5 } ?? 2 * power
        let count = Int((wanted / step - 1e-9).rounded(.up))
        top = Double(max(1, count)) * step
        marks = (0...max(1, count)).map { Double($0) * step }
    }
}

/// Widths of text, near enough to keep it from running into other things.
enum TextWidth {
    /// Pixels that a text of 11 pixels takes, about.
    static func of(_ text: String) -> Double { Double(text.count) * 6.1 }

    /// The text, or its beginning with an ellipsis.
    static func cut(_ text: String, toFit width: Double) -> String {
        of(text) <= width ? text : String(text.prefix(max(1, Int(width / 6.1) - 1))) + "…"
    }
}
