import Annotations
import Foundation
import Toolkit
import Video

/// A timeline of one video as pixels, to stand below its frames: what is named at a time, and bars with the moment that is shown.
struct TimelineStrip {
    /// A row of bars, or several where bars overlap.
    struct Track {
        var name: String
        var segments: [LabelledSegment]
        /// Whether scores are shown, as opacity and as numbers.
        var hasScores: Bool
    }

    private struct Bar {
        var segment: Segment
        var top: Double
    }

    /// Pixels.
    let width: Int
    let height: Int
    /// Segments that found no place, since many share one time.
    private(set) var hiddenCount = 0

    private let tracks: [Track]
    private let colours: [String: UInt32]
    private let axis: TimeAxis
    private let scale: Double
    private let barsTop: Double
    private let barsBottom: Double
    /// All that does not move.
    private let still: Raster

    /// In units of the drawing: 600, or as many as there are pixels where there are fewer, so that letters do not get too small.
    private let drawnWidth: Double

    // In the same units.
    private static let left = 64.0
    private static let right = 12.0
    private static let line = 18.0
    private static let barHeight = 11.0
    private static let gap = 2.0
    private static let fontSize = 12.0
    private static let mostRows = 6

    private static let ground: UInt32 = 0x16181D
    private static let ink: UInt32 = 0xF2F2F2
    private static let muted: UInt32 = 0xA9B0BA

    /// - Parameters:
    ///   - tracks: from top to bottom.
    ///   - labels: all that have a colour, in their order.
    ///   - duration: of the video, in seconds.
    ///   - width: in pixels, even.
    init(_ tracks: [Track], labels: [String], duration: Double, width: Int) {
        self.tracks = tracks
        self.width = width
        scale = max(1, Double(width) / 600)
        drawnWidth = Double(width) / scale
        let hexadecimals = ClassColours.colours(count: labels.count).map { SVGDrawing.value($0) ?? 0x7F7F7F }
        colours = Dictionary(zip(labels, hexadecimals)) { first, _ in first }
        axis = TimeAxis(
            first: 0, last: max(1e-3, duration), left: Self.left, width: drawnWidth - Self.left - Self.right)
        barsTop = Self.line * Double(max(1, tracks.count)) + 6
        var y = barsTop, placed: [(track: Int, index: Int, bar: Bar)] = [], names: [(String, Double)] = []
        for (number, track) in tracks.enumerated() {
            let (bars, rows, hidden) = Self.pack(track, axis: axis)
            names.append((track.name, y + Self.barHeight - 2))
            for (index, row) in bars {
                let bar = Bar(
                    segment: track.segments[index].segment, top: y + Double(row) * (Self.barHeight + Self.gap))
                placed.append((number, index, bar))
            }
            hiddenCount += hidden
            y += Double(max(1, rows)) * (Self.barHeight + Self.gap) + 4
        }
        barsBottom = y
        let drawnHeight = y + Self.line
        // Encoders want an even number of rows.
        height = max(2, (Int((drawnHeight * scale).rounded(.up)) + 1) / 2 * 2)
        var raster = Raster(width: drawnWidth, height: Double(height) / scale, scale: scale)
        raster.rectangle(x: 0, y: 0, width: drawnWidth, height: drawnHeight + 10, colour: Self.ground)
        for (name, baseLine) in names {
            raster.text(name, x: 6, y: baseLine, size: Self.fontSize, colour: Self.muted)
        }
        for (number, index, bar) in placed {
            let track = tracks[number], begin = axis.x(bar.segment.start), end = axis.x(bar.segment.end)
            raster.rectangle(
                x: begin, y: bar.top, width: max(1, end - begin), height: Self.barHeight,
                colour: colours[track.segments[index].label] ?? 0x7F7F7F, opacity: Self.opacity(of: index, in: track))
        }
        raster.rectangle(
            x: Self.left, y: barsBottom, width: drawnWidth - Self.left - Self.right, height: 1, colour: Self.muted)
        for mark in axis.marks {
            raster.rectangle(x: axis.x(mark) - 0.5, y: barsBottom, width: 1, height: 4, colour: Self.muted)
            raster.text(
                TimeAxis.text(mark, step: axis.step), x: min(drawnWidth - 20, max(20, axis.x(mark))),
                y: barsBottom + 15, size: Self.fontSize - 1, anchor: .middle, colour: Self.muted)
        }
        still = raster
    }

    /// The timeline with the moment that is shown.
    func image(at seconds: Double, of duration: Double) -> RGBImage {
        var raster = still
        let clock = "\(TimeAxis.text(seconds, step: 0.1)) / \(TimeAxis.text(duration, step: 0.1))"
        let clockWidth = Raster.width(of: clock, size: Self.fontSize)
        raster.text(
            clock, x: drawnWidth - Self.right, y: Self.line - 4, size: Self.fontSize, anchor: .end,
            colour: Self.ink)
        for (number, track) in tracks.enumerated() {
            let baseLine = Self.line * Double(number + 1) - 4
            raster.text(track.name, x: 6, y: baseLine, size: Self.fontSize, colour: Self.muted)
            let limit = drawnWidth - Self.right - (number == 0 ? clockWidth + 12 : 0)
            draw(active(in: track, at: seconds), of: track, until: limit, baseLine: baseLine, on: &raster)
        }
        // A line of whole pixels, with a dark edge that tells it from bright bars.
        let line = max(2, (1.5 * scale).rounded()) / scale, edge = 1 / scale
        let x = (axis.x(seconds) * scale - line * scale / 2).rounded() / scale
        let (top, height) = (barsTop - 3, barsBottom - barsTop + 4)
        raster.rectangle(x: x - edge, y: top, width: line + 2 * edge, height: height, colour: Self.ground)
        raster.rectangle(x: x, y: top, width: line, height: height, colour: 0xFFFFFF)
        return raster.image
    }

    /// What is named at a time, best first.
    private func active(in track: Track, at seconds: Double) -> [LabelledSegment] {
        track.segments.filter { $0.segment.start <= seconds && seconds < $0.segment.end }
            .sorted { ($1.score ?? 0, $0.segment.start) < ($0.score ?? 0, $1.segment.start) }
    }

    private func draw(
        _ active: [LabelledSegment], of track: Track, until limit: Double, baseLine: Double, on raster: inout Raster
    ) {
        var x = Self.left
        for (index, item) in active.enumerated() {
            let score = track.hasScores ? item.score.map { " " + String(format: "%.2f", $0) } ?? "" : ""
            let text = item.label + score, length = 14 + Raster.width(of: text, size: Self.fontSize)
            let rest = active.count - index
            guard x + length + (rest > 1 ? 34 : 0) <= limit || index == 0 else {
                raster.text("+\(rest)", x: x, y: baseLine, size: Self.fontSize, colour: Self.muted)
                return
            }
            raster.rectangle(x: x, y: baseLine - 9, width: 9, height: 9, colour: colours[item.label] ?? 0x7F7F7F)
            let shown = Self.cut(item.label, toFit: limit - x - 14 - Raster.width(of: score, size: Self.fontSize))
            raster.text(shown + score, x: x + 14, y: baseLine, size: Self.fontSize, colour: Self.ink)
            x += length + 12
        }
    }

    /// The first letters of a text that have room, with an ellipsis.
    private static func cut(_ text: String, toFit width: Double) -> String {
        guard Raster.width(of: text, size: fontSize) > width else { return text }
        var text = text
        while !text.isEmpty, Raster.width(of: text + "…", size: fontSize) > width { text.removeLast() }
        return text + "…"
    }

    /// Puts each bar on the first row that is free at its start; the best ones where the rows do not suffice.
    private static func pack(
        _ track: Track, axis: TimeAxis
    ) -> (bars: [(index: Int, row: Int)], rows: Int, hidden: Int) {
        let shown = track.segments.indices.filter { index in
            let segment = track.segments[index].segment
            return segment.start.isFinite && segment.end.isFinite && segment.end > axis.first
                && segment.start < axis.last
        }
        let ordered = shown.sorted { (track.segments[$0].segment.start, $0) < (track.segments[$1].segment.start, $1) }
        // What is worst goes first until the rest has room.
        var left = ordered,
            worst = ordered.sorted { (track.segments[$0].score ?? 1, $1) < (track.segments[$1].score ?? 1, $0) }
        while true {
            var ends: [Double] = [], bars: [(index: Int, row: Int)] = []
            for index in left {
                let segment = track.segments[index].segment
                let row = ends.firstIndex { $0 <= axis.x(segment.start) + 0.01 } ?? ends.count
                if row == ends.count { ends.append(0) }
                ends[row] = max(axis.x(segment.end), axis.x(segment.start) + 1)
                bars.append((index, row))
            }
            guard ends.count > mostRows, !worst.isEmpty else { return (bars, ends.count, shown.count - left.count) }
            let dropped = Set(worst.prefix(max(1, left.count / 20)))
            worst.removeFirst(dropped.count)
            left.removeAll { dropped.contains($0) }
        }
    }

    /// From 0.45 for the lowest score, which is told from the ground, to 1 for the highest.
    private static func opacity(of index: Int, in track: Track) -> Double {
        guard track.hasScores else { return 1 }
        let scores = track.segments.compactMap(\.score).filter(\.isFinite)
        let lowest = min(0, scores.min() ?? 0), highest = max(scores.max() ?? 1, lowest + 1e-9)
        let opacity = 0.45 + 0.55 * max(0, min(1, ((track.segments[index].score ?? 0) - lowest) / (highest - lowest)))
        return opacity.isFinite ? opacity : 0.45
    }
}
