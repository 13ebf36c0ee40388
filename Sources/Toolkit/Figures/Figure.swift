import Files
import Foundation
import Video

/// A drawing of rectangles and texts, written as SVG or PNG.
///
/// Texts are of one size, 6 units a letter and 7 high, so that both forms have the same layout.
public struct Figure: Sendable {
    enum Anchor: String, Sendable { case start, middle, end }

    private enum Element: Sendable {
        case rectangle(x: Double, y: Double, width: Double, height: Double, colour: UInt32)
        /// `y` is the base line.
        case text(String, x: Double, y: Double, anchor: Anchor, colour: UInt32)
    }

    public let width: Int
    public let height: Int
    private var elements: [Element] = []

    static let letterWidth = Double(PixelFont.advance)
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
                + "font-family=\"monospace\" font-size=\"10\">",
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
        let scale = 2
        var image = RGBImage(width: width * scale, height: height * scale, red: 255, green: 255, blue: 255)
        for element in elements {
            switch element {
            case .rectangle(let x, let y, let width, let height, let colour):
                image.fill(
                    Self.pixel(x, scale)..<max(Self.pixel(x, scale) + 1, Self.pixel(x + width, scale)),
                    Self.pixel(y, scale)..<max(Self.pixel(y, scale) + 1, Self.pixel(y + height, scale)), colour)
            case .text(let text, let x, let y, let anchor, let colour):
                let length = Double(text.count) * Self.letterWidth
                let shift = anchor == .start ? 0 : anchor == .middle ? length / 2 : length
                image.draw(
                    text, x: Self.pixel(x - shift, scale), y: Self.pixel(y - Double(PixelFont.height), scale), scale,
                    colour)
            }
        }
        return image
    }

    private static func pixel(_ value: Double, _ scale: Int) -> Int {
        Int((min(max(value, -1e6), 1e6) * Double(scale)).rounded())
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

extension RGBImage {
    /// Fills a rectangle, as far as it lies inside.
    fileprivate mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ colour: UInt32) {
        let columns = columns.clamped(to: 0..<width), rows = rows.clamped(to: 0..<height)
        for y in rows {
            for x in columns {
                let place = (y * width + x) * 3
                pixels[place] = UInt8(colour >> 16 & 0xFF)
                pixels[place + 1] = UInt8(colour >> 8 & 0xFF)
                pixels[place + 2] = UInt8(colour & 0xFF)
            }
        }
    }

    fileprivate mutating func draw(_ text: String, x: Int, y: Int, _ scale: Int, _ colour: UInt32) {
        for (index, character) in text.enumerated() {
            for (column, bits) in PixelFont.glyph(character).enumerated() {
                for row in 0..<PixelFont.height where bits >> UInt8(row) & 1 == 1 {
                    let left = x + (index * PixelFont.advance + column) * scale, top = y + row * scale
                    fill(left..<(left + scale), top..<(top + scale), colour)
                }
            }
        }
    }
}
