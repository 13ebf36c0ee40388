import Foundation
package import Video

/// A picture that smooth shapes and letters are drawn on, in the units of a drawing.
///
/// Edges are smooth: a pixel takes as much of a colour as the shape covers of it.
package struct Raster: Sendable {
    package enum Anchor: String, Sendable { case start, middle, end }

    package typealias Point = (x: Double, y: Double)

    package private(set) var image: RGBImage
    /// Pixels a unit.
    private let scale: Double

    /// A white picture of a drawing.
    package init(width: Double, height: Double, scale: Double) {
        self.scale = scale
        image = RGBImage(
            width: max(1, Int((width * scale).rounded())), height: max(1, Int((height * scale).rounded())), red: 255,
            green: 255, blue: 255)
    }

    /// Draws on a picture, a unit a pixel.
    package init(_ image: RGBImage) {
        self.image = image
        scale = 1
    }

    /// - Parameters:
    ///   - colour: `0xRRGGBB`.
    ///   - opacity: from 0 to 1.
    package mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, colour: UInt32, opacity: Double = 1
    ) {
        let (left, right) = (x * scale, (x + width) * scale), (top, bottom) = (y * scale, (y + height) * scale)
        for row in rows(top, bottom) {
            let part = min(bottom, Double(row) + 1) - max(top, Double(row))
            for column in columns(left, right) {
                let share = part * (min(right, Double(column) + 1) - max(left, Double(column)))
                blend(column, row, colour, share * opacity)
            }
        }
    }

    /// Lines through points, with round ends and corners.
    ///
    /// - Parameters:
    ///   - width: of the line.
    ///   - dash: lengths of a line and of the gap after it; no gaps where nil.
    package mutating func line(
        _ points: [Point], width: Double, colour: UInt32, opacity: Double = 1, dash: (line: Double, gap: Double)? = nil
    ) {
        if let dash {
            for part in Self.dashes(points, dash) { line(part, width: width, colour: colour, opacity: opacity) }
            return
        }
        let points = points.map { (x: $0.x * scale, y: $0.y * scale) }, half = max(0.5, width * scale / 2)
        guard let first = points.first else { return }
        let box = bounds(points, half + 1)
        var mask = Mask(box)
        if points.count == 1 { mask.add(first, first, half) }
        for (one, other) in zip(points, points.dropFirst()) { mask.add(one, other, half) }
        paint(mask, colour, opacity)
    }

    /// A filled area; where its edge crosses itself, by the even-odd rule.
    package mutating func polygon(_ points: [Point], colour: UInt32, opacity: Double = 1) {
        let points = points.map { (x: $0.x * scale, y: $0.y * scale) }
        guard points.count > 2 else { return }
        var mask = Mask(bounds(points, 1))
        mask.fill(points)
        paint(mask, colour, opacity)
    }

    /// A filled circle.
    package mutating func dot(x: Double, y: Double, radius: Double, colour: UInt32, opacity: Double = 1) {
        line([(x, y)], width: 2 * radius, colour: colour, opacity: opacity)
    }

    /// A line of text.
    ///
    /// - Parameters:
    ///   - y: the base line.
    ///   - size: of the font; capitals are 0.72 of it high.
    ///   - isTurned: whether it runs upwards.
    package mutating func text(
        _ text: String, x: Double, y: Double, size: Double, anchor: Anchor = .start, colour: UInt32,
        isBold: Bool = false, isTurned: Bool = false
    ) {
        let unit = size * 0.72 / StrokeFont.capitalHeight
        let length = Self.width(of: text, size: size)
        var place = anchor == .start ? 0 : anchor == .middle ? -length / 2 : -length
        for character in text {
            let glyph = StrokeFont.glyph(character)
            for stroke in glyph.strokes {
                let points = stroke.map { point -> Point in
                    let along = place + (point.x - glyph.left) * unit * StrokeFont.narrowing
                    let up = (point.y - StrokeFont.baseLine) * unit
                    return isTurned ? (x + up, y - along) : (x + along, y + up)
                }
                line(points, width: size * (isBold ? 0.14 : 0.085), colour: colour)
            }
            place += glyph.width * unit * StrokeFont.narrowing
        }
    }

    /// The width of a text of a size.
    package static func width(of text: String, size: Double) -> Double {
        StrokeFont.width(of: text, capitalHeight: size * 0.72)
    }

    /// Another picture, scaled to a rectangle; each pixel is the mean of what it covers.
    package mutating func picture(_ other: RGBImage, x: Double, y: Double, width: Double, height: Double) {
        let left = x * scale, top = y * scale
        let across = Double(other.width) / max(1e-9, width * scale)
        let down = Double(other.height) / max(1e-9, height * scale)
        for row in rows(top, top + height * scale) {
            let first = min(other.height - 1, max(0, Int((Double(row) - top) * down)))
            let last = min(other.height - 1, max(first, Int(((Double(row) + 1 - top) * down).rounded(.up)) - 1))
            for column in columns(left, left + width * scale) {
                let begin = min(other.width - 1, max(0, Int((Double(column) - left) * across)))
                let end = min(other.width - 1, max(begin, Int(((Double(column) + 1 - left) * across).rounded(.up)) - 1))
                var sum = SIMD3<Int>(repeating: 0)
                for line in first...last {
                    for cell in begin...end {
                        let place = (line * other.width + cell) * 3
                        sum &+= SIMD3(
                            Int(other.pixels[place]), Int(other.pixels[place + 1]), Int(other.pixels[place + 2]))
                    }
                }
                let count = (last - first + 1) * (end - begin + 1), target = (row * image.width + column) * 3
                for channel in 0..<3 { image.pixels[target + channel] = UInt8(sum[channel] / count) }
            }
        }
    }

    // MARK: - Pixels

    private func columns(_ left: Double, _ right: Double) -> Range<Int> { Self.cells(left, right, image.width) }

    private func rows(_ top: Double, _ bottom: Double) -> Range<Int> { Self.cells(top, bottom, image.height) }

    /// The pixels that a stretch touches.
    private static func cells(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
        guard low.isFinite, high.isFinite, high > low else { return 0..<0 }
        let first = Int(min(max(0, low.rounded(.down)), Double(count)))
        return first..<max(first, Int(min(max(0, high.rounded(.up)), Double(count))))
    }

    private func bounds(_ points: [Point], _ margin: Double) -> Mask.Box {
        var (left, right, top, bottom) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
        for point in points {
            (left, right) = (min(left, point.x), max(right, point.x))
            (top, bottom) = (min(top, point.y), max(bottom, point.y))
        }
        return (columns(left - margin, right + margin), rows(top - margin, bottom + margin))
    }

    private mutating func paint(_ mask: Mask, _ colour: UInt32, _ opacity: Double) {
        var position = 0
        for row in mask.box.rows {
            for column in mask.box.columns {
                let share = mask.values[position]
                position += 1
                if share > 0 { blend(column, row, colour, Double(share) * opacity) }
            }
        }
    }

    private mutating func blend(_ column: Int, _ row: Int, _ colour: UInt32, _ share: Double) {
        let place = (row * image.width + column) * 3, share = min(1, max(0, share))
        for channel in 0..<3 {
            let new = Double(colour >> UInt32(16 - 8 * channel) & 0xFF), old = Double(image.pixels[place + channel])
            image.pixels[place + channel] = UInt8((old + (new - old) * share).rounded())
        }
    }

    /// Lines cut into dashes.
    private static func dashes(_ points: [Point], _ dash: (line: Double, gap: Double)) -> [[Point]] {
        var parts: [[Point]] = [], open: [Point] = [], left = max(1e-3, dash.line), isLine = true
        for (one, other) in zip(points, points.dropFirst()) {
            let length = hypot(other.x - one.x, other.y - one.y)
            guard length > 0, length < 1e6 else { continue }
            var done = 0.0
            if isLine, open.isEmpty { open = [one] }
            while done < length {
                let step = min(left, length - done)
                done += step
                left -= step
                let point = (
                    x: one.x + (other.x - one.x) * done / length, y: one.y + (other.y - one.y) * done / length
                )
                if isLine { open.append(point) }
                guard left <= 1e-9 else { continue }
                if isLine { parts.append(open) }
                isLine.toggle()
                left = max(1e-3, isLine ? dash.line : dash.gap)
                open = isLine ? [point] : []
            }
        }
        if isLine, open.count > 1 { parts.append(open) }
        return parts
    }
}

/// How much of each pixel of a part of a picture a shape covers.
private struct Mask {
    typealias Box = (columns: Range<Int>, rows: Range<Int>)

    let box: Box
    var values: [Float]

    init(_ box: Box) {
        self.box = box
        values = Array(repeating: 0, count: box.columns.count * box.rows.count)
    }

    /// Adds what lies within `half` of a straight line; what is covered twice counts once.
    mutating func add(_ one: Raster.Point, _ other: Raster.Point, _ half: Double) {
        let margin = half + 1
        let columns = Self.range(min(one.x, other.x) - margin, max(one.x, other.x) + margin, box.columns)
        let rows = Self.range(min(one.y, other.y) - margin, max(one.y, other.y) + margin, box.rows)
        let (dx, dy) = (other.x - one.x, other.y - one.y), squared = dx * dx + dy * dy
        for row in rows {
            for column in columns {
                let x = Double(column) + 0.5 - one.x, y = Double(row) + 0.5 - one.y
                let along = squared > 0 ? min(1, max(0, (x * dx + y * dy) / squared)) : 0
                let distance = hypot(x - along * dx, y - along * dy)
                let share = Float(min(1, half + 0.5 - distance))
                guard share > 0 else { continue }
                let position = (row - box.rows.lowerBound) * box.columns.count + column - box.columns.lowerBound
                values[position] = max(values[position], share)
            }
        }
    }

    /// Fills a polygon, from four lines a row.
    mutating func fill(_ points: [Raster.Point]) {
        let lines = 4
        for row in box.rows {
            for line in 0..<lines {
                let y = Double(row) + (Double(line) + 0.5) / Double(lines)
                var crossings: [Double] = []
                for (index, one) in points.enumerated() {
                    let other = points[(index + 1) % points.count]
                    guard (one.y <= y) != (other.y <= y) else { continue }
                    crossings.append(one.x + (y - one.y) / (other.y - one.y) * (other.x - one.x))
                }
                crossings.sort()
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    let (left, right) = (crossings[pair], crossings[pair + 1])
                    for column in Self.range(left, right, box.columns) {
                        let share = min(right, Double(column) + 1) - max(left, Double(column))
                        let position =
                            (row - box.rows.lowerBound) * box.columns.count
                            + column - box.columns.lowerBound
                        values[position] = min(1, values[position] + Float(max(0, share) / Double(lines)))
                    }
                }
            }
        }
    }

    private static func range(_ low: Double, _ high: Double, _ limits: Range<Int>) -> Range<Int> {
        guard low.isFinite, high.isFinite, high > low else { return limits.lowerBound..<limits.lowerBound }
        let bounded = { (value: Double) in
            Int(min(max(value, Double(limits.lowerBound)), Double(limits.upperBound)))
        }
        let first = bounded(low.rounded(.down))
        return first..<max(first, bounded(high.rounded(.up)))
    }
}
