import Files

/// CVAT XML 1.1 for video (https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/): tracks of shapes. A segment is a run of
/// frames in which the shape is not `outside`; a `tag` on a frame counts as a segment of the frames that it names.
///
/// A segment is written as a track: a box in the upper left corner from its first frame on, and the same box `outside` at its
/// end. A segment has no place in the picture, and CVAT keeps tracks of shapes only.
extension AnnotationFormat {
    static let cvat = AnnotationFormat(
        name: "cvat", title: "CVAT XML 1.1 for video", fileExtension: "xml", holdsOneVideo: true,
        countsFrames: true,
        recognizes: { file in
            guard let text = file.startText else { return false }
            return text.contains("<annotations>") && (text.contains("<meta>") || text.contains("<track "))
        },
        read: CVAT.read, write: CVAT.write)
}

private enum CVAT {
    private struct Run { var video: String, label: String, first: Int, end: Int }
    private static let shapes: Set<String> = [
        "box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton",
    ]

    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        var xml = try XMLReader(file)
        var runs: [Run] = [], frames: [(label: String, frame: Int)] = [], pictures = 0
        var path: [String] = [], source = "", tasks: [String: String] = [:], taskID = ""
        var step = 1, label = "", video = "", first: Int?, last = 0, trackDepth = 0
        func closeRun(_ end: Int) {
            if let begin = first { runs.append(Run(video: video, label: label, first: begin, end: end)) }
            first = nil
        }
        while let event = try xml.next() {
            switch event {
            case .start(let name, let attributes):
                path.append(name)
                if name == "track" {
                    label = attributes["label"] ?? ""
                    video = attributes["task_id"] ?? ""
                    first = nil
                    trackDepth = path.count
                } else if trackDepth > 0, path.count == trackDepth + 1, shapes.contains(name) {
                    guard let frame = attributes["frame"].flatMap({ Int($0) }), frame >= 0, frame < 1 << 40 else {
                        throw xml.failure("a shape without a frame")
                    }
                    let isOutside = attributes["outside"] == "1"
                    if isOutside { closeRun(frame) } else if first == nil { first = frame }
                    last = frame
                } else if name == "tag", let text = attributes["frame"], let frame = Int(text), frame >= 0,
                    frame < 1 << 40
                {
                    frames.append((attributes["label"] ?? "", frame))
                } else if name == "image" {
                    pictures += 1
                }
            case .end(let name):
                if name == "track" {
                    closeRun(last + step)
                    trackDepth = 0
                }
                path.removeLast()
            case .text(let text):
                let text = TextDecoding.trimmed(text)
                guard !text.isEmpty, path.contains("meta"), let name = path.last else { continue }
                if name == "source" {
                    source = text
                    if !taskID.isEmpty { tasks[taskID] = text }
                } else if name == "id", path.dropLast().last == "task" {
                    taskID = text
                } else if name == "frame_filter", let value = text.split(separator: "=").last.flatMap({ Int($0) }),
                    value > 0, value < 1 << 20
                {
                    step = value
                }
            }
        }
        var collector = VideoCollector()
        let fallback = source.isEmpty ? file.stem : VideoID.ofFile(source)
        if pictures > 0, runs.isEmpty { collector.tally.add(.boxes, at: "\(pictures) pictures") }
        addTags(frames, step: step, video: "", to: &runs)
        let rate = runs.isEmpty ? 1 : try options.rate(of: file, "times are numbers of frames")
        if runs.isEmpty { _ = collector.index(of: fallback) }
        for run in runs {
            let id = tasks[run.video].map(VideoID.ofFile) ?? fallback
            collector.add(Double(run.first) / rate, Double(run.end) / rate, run.label, to: collector.index(of: id))
        }
        return collector.set(.cvat)
    }

    /// Neighbouring frames with the same tag are one segment.
    private static func addTags(
        _ frames: [(label: String, frame: Int)], step: Int, video: String, to runs: inout [Run]
    ) {
        var open: [String: Run] = [:]
        for (label, frame) in frames.sorted(by: { $0.frame < $1.frame }) {
            if var run = open[label], frame <= run.end {
                run.end = frame + step
                open[label] = run
            } else {
                if let run = open[label] { runs.append(run) }
                open[label] = Run(video: video, label: label, first: frame, end: frame + step)
            }
        }
        runs += open.values.sorted { ($0.first, $0.label) < ($1.first, $1.label) }
    }

    // MARK: - Writing

    /// Width and height of the box, in pixels; it fits in every picture that people label.
    private static let boxSize = 64

    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        losses.countVideoFacts(set)
        let video = set.videos.first ?? AnnotatedVideo(id: "")
        let rate = try options.rate(of: video, for: .cvat), count = options.frameCount(of: video)
        var tracks = "", labels: [String] = [], seen: Set<String> = []
        for (number, item) in video.segments.enumerated() {
            losses.countFacts(of: item)
            if seen.insert(item.label).inserted { labels.append(item.label) }
            let (first, end) = losses.frames(of: item.segment, rate: rate, count: count, least: 1)
            tracks += "  <track id=\"\(number)\" label=\"\(MarkupText.encoded(item.label))\" source=\"file\">\n"
            tracks += box(first, isOutside: false)
            if let count, end >= count {
                // The video has no frame after the segment on which the box could be outside.
                if end - 1 > first { tracks += box(end - 1, isOutside: false) }
            } else {
                tracks += box(end, isOutside: true)
            }
            tracks += "  </track>\n"
        }
        let name = MarkupText.encoded(video.id)
        let names = labels.map { "        <label><name>\(MarkupText.encoded($0))</name></label>\n" }.joined()
        let size = count.map { "      <size>\($0)</size>\n" } ?? ""
        let source = MarkupText.encoded(video.id.contains(".") ? video.id : video.id + ".mp4")
        return Array(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <annotations>
              <version>1.1</version>
              <meta>
                <task>
                  <name>\(name)</name>
            \(size)      <mode>interpolation</mode>
                  <labels>
            \(names)      </labels>
                </task>
                <source>\(source)</source>
              </meta>
            \(tracks)</annotations>

            """.utf8)
    }

    private static func box(_ frame: Int, isOutside: Bool) -> String {
        "    <box frame=\"\(frame)\" keyframe=\"1\" outside=\"\(isOutside ? 1 : 0)\" occluded=\"0\" xtl=\"0.00\" ytl=\"0.00\" "
            + "xbr=\"\(boxSize).00\" ybr=\"\(boxSize).00\" z_order=\"0\"></box>\n"
    }
}
