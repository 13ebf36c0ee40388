import Toolkit

/// Horizontal bars with a name at the left and a text at the right, one or more for each row.
struct BarChart {
    struct Row {
        var name: String
        /// One value for each series.
        var values: [Double]
        /// What stands at the end of the bar.
        var note: String
        /// A colour of its own, for charts with one series.
        var colour: String? = nil
        /// What a click filters the list of videos by.
        var filter: (name: String, value: String)? = nil
    }

    var description: String
    var rows: [Row]
    var seriesNames: [String] = []
    /// The value that fills the width; the highest of the data where nil.
    var top: Double? = nil
    /// How a value is written in the text over its bar.
    var text: (Double) -> String

    func drawing(width: Double = 420) -> SVGDrawing {
        let count = max(1, rows.map(\.values.count).max() ?? 1)
        let barHeight = count == 1 ? 14.0 : 9.0
        let rowHeight = Double(count) * barHeight + 8
        let keyHeight = seriesNames.count > 1 ? 20.0 : 0
        let height = Double(rows.count) * rowHeight + keyHeight + 4
        var drawing = SVGDrawing(width: width, height: max(24, height), description: description)
        let nameWidth = min(width * 0.38, (rows.map { TextWidth.of($0.name) }.max() ?? 40) + 10)
        let noteWidth = (rows.map { TextWidth.of($0.note) }.max() ?? 0) + 10
        let highest = top ?? rows.flatMap(\.values).filter(\.isFinite).max() ?? 1
        let full = max(20, width - nameWidth - noteWidth)
        for (index, name) in seriesNames.enumerated() where seriesNames.count > 1 {
            let x = nameWidth + Double(index) * (width - nameWidth) / Double(seriesNames.count)
            drawing.bar(x, 4, 10, 10, style: "f\(index % SVGDrawing.seriesColours.count)", title: name)
            drawing.text(
                TextWidth.cut(name, toFit: (width - nameWidth) / Double(seriesNames.count) - 18), x + 15, 13)
        }
        for (index, row) in rows.enumerated() {
            let y = keyHeight + Double(index) * rowHeight + 4
            drawing.text(
                TextWidth.cut(row.name, toFit: nameWidth - 8), nameWidth - 6, y + Double(count) * barHeight / 2 + 4,
                anchor: .end)
            var end = 0.0
            for (series, value) in row.values.enumerated() {
                let length = highest > 0 && value.isFinite ? max(0, min(1, value / highest)) * full : 0
                let run = seriesNames.count > 1 ? "\(seriesNames[series]), " : ""
                drawing.bar(
                    nameWidth, y + Double(series) * barHeight, max(1, length), barHeight - 1,
                    style: count == 1 ? "bar" : "f\(series % SVGDrawing.seriesColours.count)", fill: row.colour,
                    filter: row.filter, title: "\(run)\(row.name): \(text(value))")
                end = max(end, length)
            }
            drawing.text(
                row.note, nameWidth + max(1, end) + 6, y + Double(count) * barHeight / 2 + 4, style: "muted")
        }
        return drawing
    }
}

/// Upright bars side by side, two parts on each other: a histogram of what was found and what was not.
struct StackedHistogram {
    struct Bin {
        var name: String
        var lower: Double
        var upper: Double
    }

    var description: String
    var xTitle: String
    var lowerName: String
    var upperName: String
    var bins: [Bin]

    func drawing(width: Double = 420, height: Double = 220) -> SVGDrawing {
        var drawing = SVGDrawing(width: width, height: height, description: description)
        let left = 48.0, right = 8.0, upper = 26.0, bottom = 38.0
        let axis = AxisScale(top: bins.map { $0.lower + $0.upper }.max() ?? 1)
        func y(_ value: Double) -> Double { upper + (1 - value / axis.top) * (height - upper - bottom) }
        for mark in axis.marks {
            drawing.line(left, y(mark), width - right, y(mark), style: "grid")
            drawing.text(SVGDrawing.number(mark), left - 6, y(mark) + 4, style: "muted", anchor: .end)
        }
        let step = (width - left - right) / Double(max(1, bins.count))
        for (index, bin) in bins.enumerated() {
            let x = left + Double(index) * step + step * 0.1
            drawing.bar(
                x, y(bin.lower), step * 0.8, y(0) - y(bin.lower), style: "bar",
                title: "\(bin.name): \(SVGDrawing.number(bin.lower)) \(lowerName)")
            drawing.bar(
                x, y(bin.lower + bin.upper), step * 0.8, y(bin.lower) - y(bin.lower + bin.upper), style: "bar2",
                title: "\(bin.name): \(SVGDrawing.number(bin.upper)) \(upperName)")
            // Every name where there is room, else every other or third.
            let every = max(1, Int((TextWidth.of(bin.name) + 4) / step + 1))
            if index % every == 0 {
                drawing.text(bin.name, x + step * 0.4, y(0) + 15, style: "muted", anchor: .middle)
            }
        }
        drawing.line(left, y(0), width - right, y(0), style: "axis")
        drawing.text(xTitle, (left + width - right) / 2, height - 6, style: "muted", anchor: .middle)
        drawing.bar(left, 4, 10, 10, style: "bar", title: lowerName)
        drawing.text(lowerName, left + 15, 13)
        let next = left + 33 + TextWidth.of(lowerName)
        drawing.bar(next, 4, 10, 10, style: "bar2", title: upperName)
        drawing.text(upperName, next + 15, 13)
        return drawing
    }
}
