import Foundation
import Toolkit
import Video

extension SVGDrawing {
    /// An element as SVG.
    static func markup(_ element: Element) -> String {
        switch element {
        case .line(let points, let style) where points.count == 2:
            return "<line x1=\"\(number(points[0].x))\" y1=\"\(number(points[0].y))\" x2=\"\(number(points[1].x))\" "
                + "y2=\"\(number(points[1].y))\" class=\"\(style)\"/>"
        case .line(let points, let style): return "<polyline points=\"\(list(points))\" class=\"\(style)\"/>"
        case .polygon(let points, let style): return "<polygon points=\"\(list(points))\" class=\"\(style)\"/>"
        case .dot(let point, let radius, let style, let title):
            return
                "<circle cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" r=\"\(number(radius))\" class=\"\(style)\">"
                + "<title>\(escaped(title))</title></circle>"
        case .bar(let box, let style, let fill, let filter, let title):
            var text = "<rect \(attributes(box)) class=\"\(style)\""
            if let fill { text += " style=\"fill:\(fill)\"" }
            if let filter {
                text +=
                    " data-filter=\"\(filter.name)\" data-value=\"\(escaped(filter.value))\" tabindex=\"0\" role=\"button\""
                text += " aria-label=\"\(escaped(title))\""
            }
            return text + "><title>\(escaped(title))</title></rect>"
        case .text(let text, let point, let style, let anchor, let isTurned, let fill):
            let (x, y) = (number(point.x), number(point.y))
            return "<text x=\"\(x)\" y=\"\(y)\" class=\"\(style)\" text-anchor=\"\(anchor.rawValue)\""
                + (isTurned ? " transform=\"rotate(-90 \(x) \(y))\"" : "")
                + (fill.map { " style=\"fill:\($0)\"" } ?? "") + ">\(escaped(text))</text>"
        case .segment(let box, let fill, let opacity, let outline, let title):
            let marks = marks(outline, box).map { mark in
                let dash = mark.dash.map { " stroke-dasharray=\"\(number($0.line)) \(number($0.gap))\"" } ?? ""
                return "<polyline points=\"\(list(mark.points))\" class=\"\(mark.style)\"\(dash)/>"
            }
            return "<rect \(attributes(box)) rx=\"2\" fill=\"\(fill)\" fill-opacity=\"\(number(opacity))\">"
                + "<title>\(escaped(title))</title></rect>" + marks.joined()
        case .picture(_, let jpeg, let box, let title):
            return "<image \(attributes(box)) preserveAspectRatio=\"none\" "
                + "href=\"data:image/jpeg;base64,\(Data(jpeg).base64EncodedString())\"><title>\(escaped(title))</title></image>"
        }
    }

    /// The lines that make an outline.
    private static func marks(
        _ outline: Outline, _ box: Box
    ) -> [(points: [Point], style: String, dash: (line: Double, gap: Double)?)] {
        let (right, bottom) = (box.x + box.width, box.y + box.height)
        switch outline {
        case .none: return []
        case .dashed: return [(box.corners, "mark", (5, 3))]
        case .dotted: return [(box.corners, "mark", (1.5, 2.5))]
        case .crossed:
            return [
                ([(box.x, box.y), (right, bottom)], "mark", nil), ([(box.x, bottom), (right, box.y)], "mark", nil),
            ]
        case .bracket:
            let arm = min(5, box.width / 2)
            return [
                (
                    [(box.x + arm, box.y - 1), (box.x, box.y - 1), (box.x, bottom + 1), (box.x + arm, bottom + 1)],
                    "missed", nil
                ),
                (
                    [(right - arm, box.y - 1), (right, box.y - 1), (right, bottom + 1), (right - arm, bottom + 1)],
                    "missed", nil
                ),
            ]
        }
    }

    private static func attributes(_ box: Box) -> String {
        "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(box.width))\" height=\"\(number(box.height))\""
    }

    private static func list(_ points: [Point]) -> String {
        points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    }

    // MARK: - Pixels

    /// Dots an inch on paper.
    private static let resolution = 300.0

    /// The drawing as pixels, with 300 dots an inch at its width on paper.
    var picture: RGBImage {
        var raster = Raster(width: width, height: height, scale: millimetres / 25.4 * Self.resolution / width)
        for element in elements { Self.draw(element, on: &raster) }
        return raster.image
    }

    private static func draw(_ element: Element, on raster: inout Raster) {
        switch element {
        case .line(let points, let style):
            let pen = pen(style)
            raster.line(points, width: pen.width, colour: pen.colour)
        case .polygon(let points, let style):
            let pen = pen(style)
            raster.polygon(points, colour: pen.colour, opacity: pen.opacity)
        case .dot(let point, let radius, let style, _):
            raster.dot(x: point.x, y: point.y, radius: radius, colour: pen(style).colour)
        case .bar(let box, let style, let fill, _, _):
            raster.rectangle(
                x: box.x, y: box.y, width: box.width, height: box.height,
                colour: fill.flatMap(value) ?? pen(style).colour)
        case .text(let text, let point, let style, let anchor, let isTurned, let fill):
            raster.text(
                text, x: point.x, y: point.y, size: 11, anchor: anchor,
                colour: fill.flatMap(value) ?? pen(style).colour,
                isBold: style == "strong", isTurned: isTurned)
        case .segment(let box, let fill, let opacity, let outline, _):
            raster.rectangle(
                x: box.x, y: box.y, width: box.width, height: box.height, colour: value(fill) ?? 0, opacity: opacity)
            for mark in marks(outline, box) {
                let pen = pen(mark.style)
                raster.line(mark.points, width: pen.width, colour: pen.colour, dash: mark.dash)
            }
        case .picture(let image, _, let box, _):
            raster.picture(image, x: box.x, y: box.y, width: box.width, height: box.height)
        }
    }

    /// What the style of figures says for a name.
    private static func pen(_ style: String) -> (colour: UInt32, width: Double, opacity: Double) {
        switch style {
        case "grid": return (0xDDDDDD, 1, 1)
        case "axis": return (0x555555, 1, 1)
        case "muted": return (0x555555, 1, 1)
        case "bar": return (0x0072B2, 1, 1)
        case "bar2": return (0x8A8A8A, 1, 1)
        case "mark": return (0x111111, 1.5, 1)
        case "missed": return (0xC00000, 2, 1)
        default:
            guard let kind = style.first, let index = Int(style.dropFirst()), seriesColours.indices.contains(index),
                let colour = value(seriesColours[index])
            else { return (0x111111, 1, 1) }
            return (colour, 2, kind == "b" ? 0.18 : 1)
        }
    }

    /// The number of a colour `#rrggbb`.
    static func value(_ colour: String) -> UInt32? {
        colour.first == "#" ? UInt32(colour.dropFirst(), radix: 16) : nil
    }
}
