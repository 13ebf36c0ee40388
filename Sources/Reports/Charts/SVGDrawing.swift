import Foundation

/// A drawing in SVG that takes its colours from the page it stands in, or from a style of its own as a figure.
struct SVGDrawing {
    enum Anchor: String { case start, middle, end }

    let width: Double
    let height: Double
    /// What the drawing shows, for people who cannot see it.
    let description: String
    private var body = ""

    init(width: Double, height: Double, description: String) {
        self.width = width
        self.height = height
        self.description = description
    }

    /// A straight line.
    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
        body += "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
        body += "y2=\"\(Self.number(y2))\" class=\"\(style)\"/>"
    }

    /// A line through points; no line for fewer than two.
    mutating func polyline(_ points: [(x: Double, y: Double)], style: String) {
        guard points.count > 1 else { return }
        let text = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        body += "<polyline points=\"\(text)\" class=\"\(style)\"/>"
    }

    /// A filled area with these corners.
    mutating func polygon(_ points: [(x: Double, y: Double)], style: String) {
        let text = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        body += "<polygon points=\"\(text)\" class=\"\(style)\"/>"
    }

    /// A circle.
    mutating func dot(_ x: Double, _ y: Double, radius: Double = 2.5, style: String, title: String) {
        body +=
            "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" class=\"\(style)\">"
        body += "<title>\(Self.escaped(title))</title></circle>"
    }

    /// A bar with a text that appears over it.
    ///
    /// - Parameters:
    ///   - fill: a colour; the style's where nil.
    ///   - filter: what a click on it filters the list of videos by, as name and value.
    mutating func bar(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, style: String, fill: String? = nil,
        filter: (name: String, value: String)? = nil, title: String
    ) {
        body += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\" "
        body += "height=\"\(Self.number(max(0, height)))\" class=\"\(style)\""
        if let fill { body += " style=\"fill:\(fill)\"" }
        if let filter {
            body +=
                " data-filter=\"\(filter.name)\" data-value=\"\(Self.escaped(filter.value))\" tabindex=\"0\" role=\"button\""
            body += " aria-label=\"\(Self.escaped(title))\""
        }
        body += "><title>\(Self.escaped(title))</title></rect>"
    }

    /// A line of text.
    mutating func text(
        _ text: String, _ x: Double, _ y: Double, style: String = "label", anchor: Anchor = .start,
        turned: Bool = false
    ) {
        body +=
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" class=\"\(style)\" text-anchor=\"\(anchor.rawValue)\""
        if turned { body += " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" }
        body += ">\(Self.escaped(text))</text>"
    }

    /// The drawing as an element of a page, which has the styles.
    var element: String {
        "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" width=\"\(Self.number(width))\" role=\"group\" "
            + "aria-label=\"\(Self.escaped(description))\">\(body)</svg>"
    }

    /// The drawing as a file of its own: white ground, 8-point text at its nominal width of 175 mm or 85 mm.
    var file: String {
        let millimetres = width > 420 ? 175.0 : 85.0
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" "
            + "width=\"\(Self.number(millimetres))mm\" height=\"\(Self.number(millimetres * height / width))mm\">"
            + "<title>\(Self.escaped(description))</title><style>\(Self.figureStyle)</style>"
            + "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\(body)</svg>\n"
    }

    /// Colours of runs: Okabe and Ito's, which people with any colour vision tell apart.
    static let seriesColours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b"]

    private static let figureStyle =
        "text{font:11px 'Helvetica Neue',Arial,sans-serif;fill:#111}.strong{font-weight:bold}.muted{fill:#555}"
        + ".grid{stroke:#ddd;stroke-width:1}.axis{stroke:#555;stroke-width:1}.bar{fill:#0072b2}.bar2{fill:#8a8a8a}"
        + seriesColours.enumerated().map { index, colour in
            ".s\(index){fill:none;stroke:\(colour);stroke-width:2}.f\(index){fill:\(colour)}"
                + ".b\(index){fill:\(colour);opacity:.18}"
        }.joined()

    /// A number with at most two decimals.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((value * 100).rounded())
        if hundredths % 100 == 0 { return "\(hundredths / 100)" }
        return "\(Double(hundredths) / 100)"
    }

    /// Text that means only itself in HTML and SVG, in attributes too.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Control characters other than white space are not allowed in XML.
            case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
