import Annotations
import Evaluation
public import Files
import Foundation
import Toolkit

/// A picture of timelines, one for each video, with a key below.
public struct TimelinePlot: Sendable {
    /// What a reader should know.
    public var notices: [Notice] { report.notices }
    /// The videos that are drawn.
    public private(set) var videoCount = 0
    /// The detections that are drawn.
    public private(set) var detectionCount = 0

    private let report: Report
    private let span: ClosedRange<Double>?
    private let colours: [String: String]
    private let lowest: Double
    private let highest: Double
    /// For each run, its rows by video, in order of start.
    private let rows: [[String: [Int]]]
    private let found: [[String: [JudgedSegment]]]

    private(set) var drawing: SVGDrawing
    private var labels: [String] = []
    private var verdicts: Set<Verdict> = []
    private var hasMissed = false
    private var y = 0.0

    static let stripHeight = 48.0
    private static let barHeight = 18.0
    private static let gap = 3.0
    private static let right = 14.0
    private let left: Double
    private let width: Double

    /// The width of the part that time runs over.
    var plotWidth: Double { width - left - Self.right }

    init(_ report: Report, isWide: Bool, span: ClosedRange<Double>?) {
        self.report = report
        self.span = span
        width = isWide ? 860 : 420
        left = isWide ? 100 : 88
        colours = Dictionary(
            zip(report.labels, ClassColours.colours(count: report.labels.count))
        ) { first, _ in first }
        let scores = report.runs.flatMap { $0.detections.scores.filter(\.isFinite) }
        lowest = min(0, scores.min() ?? 0)
        highest = max(scores.max() ?? 1, lowest + 1e-9)
        rows = report.runs.map { run in
            let table = run.detections
            let usable = table.indices.filter { table.starts[$0].isFinite && table.ends[$0].isFinite }
            let grouped = Dictionary(grouping: usable) { table.videos[Int(table.videoIndices[$0])] }
            return grouped.mapValues { rows in rows.sorted { (table.starts[$0], $0) < (table.starts[$1], $1) } }
        }
        found = report.runs.compactMap { run in
            run.verdicts.map { verdicts in
                Dictionary(zip(verdicts.videos.map(\.id), verdicts.segments)) { first, _ in first }
            }
        }
        drawing = SVGDrawing(width: width, height: 0, description: "Timelines of videos")
    }

    /// Writes SVG or PNG, as the name ends.
    ///
    /// - Throws: `FileError`.
    public func write(to path: String) throws { try drawing.write(to: path) }

    // MARK: - A video

    mutating func add(_ video: AnnotatedVideo, _ strip: PictureStrip?) {
        if videoCount > 0 { y += 14 }
        videoCount += 1
        let ends =
            video.segments.map(\.segment.end)
            + report.runs.indices.flatMap { run in
                (rows[run][video.id] ?? []).map { report.runs[run].detections.ends[$0] }
            }
        let first = span?.lowerBound ?? 0
        let last = max(first + 1e-3, span?.upperBound ?? video.duration ?? ends.filter(\.isFinite).max() ?? 1)
        let axis = TimeAxis(first: first, last: last, left: left, width: plotWidth)
        y += 14
        drawing.text(TextWidth.cut(video.id, toFit: width - 90), 2, y, style: "strong")
        drawing.text(
            axis.isWhole(video.duration)
                ? TimeAxis.text(last, step: 1) : "\(TimeAxis.text(first, step: 1))–\(TimeAxis.text(last, step: 1))",
            width - Self.right, y, style: "muted", anchor: .end)
        y += 6
        if let strip { add(strip, axis) }
        addTruth(of: video, axis)
        for run in report.runs.indices { addRun(run, video.id, axis) }
        y += 2
        for mark in axis.marks {
            drawing.line(axis.x(mark), y, axis.x(mark), y + 4, style: "axis")
            drawing.text(TimeAxis.text(mark, step: axis.step), axis.x(mark), y + 15, style: "muted", anchor: .middle)
        }
        drawing.line(left, y, left + plotWidth, y, style: "axis")
        y += 20
    }

    private mutating func add(_ strip: PictureStrip, _ axis: TimeAxis) {
        let pictureWidth = Self.stripHeight * strip.shape
        for picture in strip.pictures {
            let x = min(left + plotWidth - pictureWidth, max(left, axis.x(picture.seconds) - pictureWidth / 2))
            drawing.picture(
                picture.image, jpeg: picture.jpeg,
                .init(x: x, y: y, width: pictureWidth, height: Self.stripHeight),
                title: TimeAxis.text(picture.seconds, step: 0.1))
        }
        y += Self.stripHeight + 4
    }

    private struct Bar {
        var segment: Segment
        var label: String
        var opacity = 1.0
        var outline = SVGDrawing.Outline.none
        var title: String
    }

    private mutating func addTruth(of video: AnnotatedVideo, _ axis: TimeAxis) {
        // Only what is drawn is counted and explained in the key.
        let judged = found.compactMap { $0[video.id] }
        let bars: [Bar]
        if let first = judged.first {
            bars = first.indices.filter { axis.shows(first[$0].segment) }.map { index in
                let isMissed = !judged.contains { $0.indices.contains(index) && $0[index].isFound }
                if isMissed { hasMissed = true }
                return Bar(
                    segment: first[index].segment, label: first[index].label, outline: isMissed ? .bracket : .none,
                    title: isMissed ? "ground truth, missed" : "ground truth")
            }
        } else {
            bars = video.segments.filter { axis.shows($0.segment) }.map {
                Bar(segment: $0.segment, label: $0.label, title: "ground truth")
            }
        }
        // A video whose ground truth lies outside keeps the empty row, which says that there is some.
        guard !video.segments.isEmpty else { return }
        add(bars.sorted { $0.segment.start < $1.segment.start }, name: "Ground truth", axis)
    }

    private mutating func addRun(_ run: Int, _ id: String, _ axis: TimeAxis) {
        let table = report.runs[run].detections, verdicts = report.runs[run].verdicts
        let drawn = (rows[run][id] ?? []).filter { axis.shows(table[$0].segment) }
        let bars = drawn.map { row -> Bar in
            let item = table[row], verdict = verdicts?.predictions[row]
            let opacity = 0.25 + 0.75 * max(0, min(1, (item.score - lowest) / (highest - lowest)))
            let name = verdict.flatMap(Self.name) ?? ""
            return Bar(
                segment: item.segment, label: item.label, opacity: opacity.isFinite ? opacity : 0.25,
                outline: verdict.map(Self.outline) ?? .none,
                title: "score \(SVGDrawing.number(item.score))" + (name.isEmpty ? "" : ", " + name))
        }
        for row in drawn { if let verdict = verdicts?.predictions[row] { self.verdicts.insert(verdict) } }
        detectionCount += bars.count
        add(bars, name: report.runs.count == 1 ? "Detections" : report.runs[run].name, axis)
    }

    /// Draws the bars of a track, which the axis shows, in as few rows as hold them.
    private mutating func add(_ bars: [Bar], name: String, _ axis: TimeAxis) {
        y += Self.gap
        drawing.text(TextWidth.cut(name, toFit: left - 10), left - 8, y + 13, anchor: .end)
        var ends: [Double] = []
        for bar in bars {
            let begin = axis.x(max(axis.first, bar.segment.start)), end = axis.x(min(axis.last, bar.segment.end))
            let box = (x: begin, width: max(1.5, end - begin))
            let row = ends.firstIndex { $0 <= box.x + 0.01 } ?? ends.count
            if row == ends.count { ends.append(0) }
            ends[row] = box.x + box.width + 1
            let top = y + Double(row) * (Self.barHeight + Self.gap)
            let fill = colours[bar.label] ?? "#7f7f7f"
            drawing.segment(
                .init(x: box.x, y: top, width: box.width, height: Self.barHeight), fill: fill, opacity: bar.opacity,
                outline: bar.outline,
                title: "\(bar.label), \(TimeAxis.text(bar.segment.start, step: 0.1))–"
                    + "\(TimeAxis.text(bar.segment.end, step: 0.1)), \(bar.title)")
            if !labels.contains(bar.label) { labels.append(bar.label) }
            if box.width > 30, bar.outline != .crossed {
                drawing.text(
                    TextWidth.cut(bar.label, toFit: box.width - 8), box.x + 4, top + 13,
                    fill: Self.ink(on: fill, opacity: bar.opacity))
            }
        }
        y += Double(max(1, ends.count)) * (Self.barHeight + Self.gap)
    }

    // MARK: - The key

    /// Adds the key, and gives the drawing its height.
    mutating func finish() {
        y += 6
        var x = left
        /// The place of an entry, on the next line where it does not fit.
        func place(_ text: String, _ width: Double, in plot: inout TimelinePlot) -> Double {
            let length = width + 6 + TextWidth.of(text) + 16
            if x + length > plot.width, x > plot.left {
                x = plot.left
                plot.y += 18
            }
            defer { x += length }
            return x
        }
        for label in report.labels where labels.contains(label) {
            let text = TextWidth.cut(label, toFit: plotWidth - 30)
            let x = place(text, 12, in: &self)
            drawing.segment(
                .init(x: x, y: y, width: 12, height: 12), fill: colours[label] ?? "#7f7f7f", opacity: 1, outline: .none,
                title: label)
            drawing.text(text, x + 18, y + 10)
        }
        y += 20
        x = left
        var marks: [(SVGDrawing.Outline, String)] = []
        for (outline, kinds) in Self.outlines {
            let met = kinds.filter { verdicts.contains(.error($0)) }.map(\.rawValue)
            if !met.isEmpty { marks.append((outline, met.joined(separator: " or "))) }
        }
        if verdicts.contains(.correct) { marks.insert((.none, "correct"), at: 0) }
        if hasMissed { marks.append((.bracket, "missed by all")) }
        for (outline, text) in marks {
            let x = place(text, 24, in: &self)
            drawing.segment(
                .init(x: x, y: y, width: 24, height: 12), fill: "#cccccc", opacity: 1, outline: outline, title: text)
            drawing.text(text, x + 30, y + 10)
        }
        if !marks.isEmpty { y += 20 }
        drawing = drawing.with(height: y)
    }

    private static let outlines: [(SVGDrawing.Outline, [ErrorKind])] = [
        (.dashed, [.localization]), (.dotted, [.wrongLabel, .confusion]), (.crossed, [.background, .doubleDetection]),
    ]

    private static func outline(_ verdict: Verdict) -> SVGDrawing.Outline {
        guard case .error(let kind) = verdict else { return .none }
        return outlines.first { $0.1.contains(kind) }?.0 ?? .none
    }

    private static func name(_ verdict: Verdict) -> String? {
        switch verdict {
        case .correct: "correct"
        case .error(let kind): kind.rawValue
        case .ignored: "ignored"
        case .leftOut: nil
        }
    }

    /// Black or white, whichever has the higher contrast to a colour over white.
    static func ink(on colour: String, opacity: Double) -> String {
        let value = SVGDrawing.value(colour) ?? 0
        let light = [(16, 0.2126), (8, 0.7152), (0, 0.0722)].reduce(0.0) { sum, part in
            let channel = Double(value >> UInt32(part.0) & 0xFF) / 255 * opacity + 1 - opacity
            return sum + part.1 * (channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4))
        }
        return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#111111" : "#ffffff"
    }
}
