import Files
import Foundation
import Video

/// A drawing of rectangles and texts, written as SVG or PNG.
///
/// Texts are of one size, at most 6 units a letter and 7 high, so that both forms have the same layout.
public struct Figure: Sendable {
    typealias Anchor = Raster.Anchor

    private enum Element: Sendable {
        case rectangle(x: Double, y: Double, width: Double, height: Double, colour: UInt32)
        /// `y` is the base line.
        case text(String, x: Double, y: Double, anchor: Anchor, colour: UInt32)
    }

    public let width: Int
    public let height: Int
    private var elements: [Element] = []

    static let letterWidth = 6.0
    private static let fontSize = 10.0
    static let ink: UInt32 = 0x222222
    static let faint: UInt32 = 0xDDDDDD

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter colour: `0xRRGGBB`.
    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, colour: UInt32) {
        elements.append(.rectangle(x: x, y: y, width: max(0, width), height: max(0, height), colour: colour))
    }

    mutating func text(_ text: String, x: Double, y: Double, anchor: Anchor = .start, colour: UInt32 = Figure.ink) {
        elements.append(.text(text, x: x, y: y, anchor: anchor, colour: colour))
    }

    /// The drawing as SVG.
    public var svg: String {
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" "
                + "font-family=\"monospace\" font-size=\"\(Int(Self.fontSize))\">",
            "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
        ]
        for element in elements {
            switch element {
            case .rectangle(let x, let y, let width, let height, let colour):
                lines.append(
                    "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
                        + "height=\"\(Self.number(height))\" fill=\"\(Self.hexadecimal(colour))\"/>")
            case .text(let text, let x, let y, let anchor, let colour):
                lines.append(
                    "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor.rawValue)\" "
                        + "fill=\"\(Self.hexadecimal(colour))\">\(Self.escaped(text))</text>")
            }
        }
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    /// Writes SVG or PNG, as the name ends.
    ///
    /// - Throws: `FileError`, or `VideoError` where FFmpeg has no PNG encoder.
    public func write(to path: String) throws {
        switch (path as NSString).pathExtension.lowercased() {
        case "svg": try AtomicFile.write(svg, to: path)
        case "png": try picture.writePNG(to: path)
        default: throw FileError.unwritable(path: path, reason: "pictures are written as .svg or .png")
        }
    }

    /// The drawing as pixels, two a unit.
    private var picture: RGBImage {
        var raster = Raster(width: Double(width), height: Double(height), scale: 2)
        for element in elements {
            switch element {
            case .rectangle(let x, let y, let width, let height, let colour):
                // Thin marks stay whole pixels.
                raster.rectangle(x: x, y: y, width: max(0.5, width), height: max(0.5, height), colour: colour)
            case .text(let text, let x, let y, let anchor, let colour):
                raster.text(text, x: x, y: y, size: Self.fontSize, anchor: anchor, colour: colour)
            }
        }
        return raster.image
    }

    private static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func hexadecimal(_ colour: UInt32) -> String { String(format: "#%06x", colour) }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
