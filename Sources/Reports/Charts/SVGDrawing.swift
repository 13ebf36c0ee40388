import Files
import Foundation
import Toolkit
import Video

/// A drawing that becomes SVG, which takes its colours from the page it stands in or from a style of its own, or pixels.
struct SVGDrawing: Sendable {
    typealias Anchor = Raster.Anchor
    typealias Point = Raster.Point

    /// The outline of a bar on a timeline, which says what became of it.
    enum Outline: Sendable { case none, dashed, dotted, crossed, bracket }

    enum Element: Sendable {
        case line([Point], style: String)
        case polygon([Point], style: String)
        case dot(Point, radius: Double, style: String, title: String)
        case bar(Box, style: String, fill: String?, filter: (name: String, value: String)?, title: String)
        case text(String, Point, style: String, anchor: Anchor, isTurned: Bool, fill: String?)
        case segment(Box, fill: String, opacity: Double, outline: Outline, title: String)
        case picture(RGBImage, jpeg: [UInt8], Box, title: String)
    }

    /// A rectangle.
    struct Box: Sendable {
        var x: Double
        var y: Double
        var width: Double
        var height: Double

        var corners: [Point] { [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)] }
    }

    let width: Double
    let height: Double
    /// What the drawing shows, for people who cannot see it.
    let description: String
    private(set) var elements: [Element] = []

    init(width: Double, height: Double, description: String) {
        self.width = width
        self.height = height
        self.description = description
    }

    /// The same drawing with another height.
    func with(height: Double) -> SVGDrawing {
        var result = SVGDrawing(width: width, height: height, description: description)
        result.elements = elements
        return result
    }

    /// A straight line.
    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
        elements.append(.line([(x1, y1), (x2, y2)], style: style))
    }

    /// A line through points; no line for fewer than two.
    mutating func polyline(_ points: [Point], style: String) {
        guard points.count > 1 else { return }
        elements.append(.line(points, style: style))
    }

    /// A filled area with these corners.
    mutating func polygon(_ points: [Point], style: String) {
        elements.append(.polygon(points, style: style))
    }

    /// A circle.
    mutating func dot(_ x: Double, _ y: Double, radius: Double = 2.5, style: String, title: String) {
        elements.append(.dot((x, y), radius: radius, style: style, title: title))
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
        let box = Box(x: x, y: y, width: max(0, width), height: max(0, height))
        elements.append(.bar(box, style: style, fill: fill, filter: filter, title: title))
    }

    /// A line of text.
    mutating func text(
        _ text: String, _ x: Double, _ y: Double, style: String = "label", anchor: Anchor = .start,
        turned: Bool = false, fill: String? = nil
    ) {
        elements.append(.text(text, (x, y), style: style, anchor: anchor, isTurned: turned, fill: fill))
    }

    /// A segment on a timeline.
    mutating func segment(_ box: Box, fill: String, opacity: Double, outline: Outline, title: String) {
        elements.append(.segment(box, fill: fill, opacity: opacity, outline: outline, title: title))
    }

    /// A picture scaled to a rectangle.
    ///
    /// - Parameter jpeg: the same picture as a JPEG file, for SVG.
    mutating func picture(_ image: RGBImage, jpeg: [UInt8], _ box: Box, title: String) {
        elements.append(.picture(image, jpeg: jpeg, box, title: title))
    }

    /// The drawing as an element of a page, which has the styles.
    var element: String {
        "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" width=\"\(Self.number(width))\" role=\"group\" "
            + "aria-label=\"\(Self.escaped(description))\">\(body)</svg>"
    }

    /// The width on paper: a column or a page.
    var millimetres: Double { width > 420 ? 175 : 85 }

    /// The drawing as a file of its own on white ground, as wide as a column or a page.
    var file: String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" "
            + "width=\"\(Self.number(millimetres))mm\" height=\"\(Self.number(millimetres * height / width))mm\">"
            + "<title>\(Self.escaped(description))</title><style>\(Self.figureStyle)</style>"
            + "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\(body)</svg>\n"
    }

    private var body: String { elements.map(Self.markup).joined() }

    /// Writes SVG or PNG, as the name ends.
    ///
    /// - Throws: `FileError`.
    func write(to path: String) throws {
        switch (path as NSString).pathExtension.lowercased() {
        case "svg": try AtomicFile.write(file, to: path)
        case "png": try picture.writePNG(to: path)
        default: throw FileError.unwritable(path: path, reason: "pictures are written as .svg or .png")
        }
    }

    /// Colours of runs: Okabe and Ito's, which people with any colour vision can distinguish.
    static let seriesColours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b"]

    private static let figureStyle =
        "text{font:11px 'Helvetica Neue',Arial,sans-serif;fill:#111}.strong{font-weight:bold}.muted{fill:#555}"
        + ".grid{stroke:#ddd;stroke-width:1}.axis{stroke:#555;stroke-width:1}.bar{fill:#0072b2}.bar2{fill:#8a8a8a}"
        + ".mark{fill:none;stroke:#111;stroke-width:1.5}.missed{fill:none;stroke:#c00000;stroke-width:2}"
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
