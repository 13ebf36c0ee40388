import Annotations
import Files
import Foundation
import TestSupport
import Testing
import Toolkit
import Video

@testable import Reports

struct TimelinePlotTests {
    private static let truth = """
        {"version": "x", "database": {
        "one": {"subset": "test", "duration": 20, "annotations": [{"label": "jump", "segment": [1, 5]},
          {"label": "run", "segment": [10, 15]}]},
        "two": {"subset": "test", "duration": 30, "annotations": [{"label": "run", "segment": [2, 12]}]}}}
        """
    private static let predictions = """
        {"version": "x", "results": {
        "one": [{"label": "jump", "score": 0.9, "segment": [1, 5]}, {"label": "run", "score": 0.8, "segment": [1, 5]},
          {"label": "run", "score": 0.4, "segment": [12, 19]}],
        "two": [{"label": "run", "score": 0.7, "segment": [2, 12]}, {"label": "run", "score": 0.2, "segment": [15, 18]},
          {"label": "<run & co>", "score": 0.1, "segment": [20, 29]}]}}
        """

    private func with(_ body: (_ folder: String, _ job: PlotJob) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            try Data(Self.truth.utf8).write(to: folder.appending(path: "truth.json"))
            try Data(Self.predictions.utf8).write(to: folder.appending(path: "a.json"))
            try body(
                folder.path,
                PlotJob(
                    videos: [], detections: [folder.path + "/a.json"], groundTruth: folder.path + "/truth.json"))
        }
    }

    /// The segments of a drawing, as start and width in hundredths of the plot, and their outlines.
    private func segments(_ plot: TimelinePlot, _ left: Double) -> [String] {
        plot.drawing.elements.compactMap { element in
            guard case .segment(let box, _, let opacity, let outline, _) = element, box.height == 18 else { return nil }
            let start = ((box.x - left) / plot.plotWidth * 100).rounded()
            let width = (box.width / plot.plotWidth * 100).rounded()
            return "\(Int(start))+\(Int(width)) \(SVGDrawing.number(opacity)) \(outline)"
        }
    }

    @Test("ground truth and detections stand at their times, with what became of them")
    func drawsSegments() throws {
        try with { _, job in
            let plot = try job.run()
            #expect(plot.videoCount == 2 && plot.detectionCount == 6)
            #expect(
                segments(plot, 100) == [
                    // The first video, of 20 s: the second segment is missed, since 3 of 9 seconds are common to both.
                    "5+20 1 none", "50+25 1 bracket",
                    "5+20 1 none", "5+20 0.92 dotted", "60+35 0.58 dashed",
                    // The second one, of 30 s; a label that the ground truth does not know is not judged.
                    "7+33 1 none", "7+33 0.83 none", "50+10 0.42 crossed", "67+30 0.33 none",
                ])
            // Two detections of the same seconds stand below each other.
            let tops = plot.drawing.elements.compactMap { element -> Double? in
                if case .segment(let box, _, _, _, _) = element, box.height == 18 { box.y } else { nil }
            }
            #expect(tops[3] == tops[2] + 21 && tops[4] == tops[2])
        }
    }

    @Test("selection, span and number of videos leave out what they say, and the key names what is left")
    func leavesOut() throws {
        try with { folder, job in
            var job = job
            job.selection.minimumScore = 0.5
            job.span = 0...10
            job.limit = 1
            let plot = try job.run()
            #expect(plot.videoCount == 1)
            // The second segment begins where the picture ends.
            #expect(segments(plot, 100) == ["10+40 1 none", "10+40 1 none", "10+40 0.92 dotted"])
            #expect(plot.notices.contains { "\($0)".contains("the first 1 of 2 videos") })
            #expect(plot.notices.contains { "\($0)".contains("3 of 6 detections were chosen") })
            let texts = plot.drawing.elements.compactMap { element -> String? in
                if case .text(let text, _, _, _, _, _) = element { text } else { nil }
            }
            #expect(texts.contains("0:10") && texts.contains("wrong label") && !texts.contains("background error"))
            // The missed segment lies outside.
            #expect(plot.detectionCount == 2 && !texts.contains("missed by all"))
        }
    }

    @Test("of a part of the time only what is drawn is counted and explained")
    func countsWhatIsDrawn() throws {
        try with { _, job in
            var job = job
            job.span = 11...13
            let plot = try job.run()
            #expect(plot.videoCount == 2 && plot.detectionCount == 2)
            let segments = plot.drawing.elements.count {
                if case .segment(let box, _, _, _, _) = $0 { box.height == 18 } else { false }
            }
            // A segment of the ground truth and a detection in each video.
            #expect(segments == 4)
            let texts = Set(
                plot.drawing.elements.compactMap { element -> String? in
                    if case .text(let text, _, _, _, _, _) = element { text } else { nil }
                })
            #expect(texts.isSuperset(of: ["correct", "localization error", "missed by all"]))
            #expect(texts.isDisjoint(with: ["wrong label", "background error", "jump"]))
            #expect(texts.count { $0 == "Ground truth" } == 1)
        }
    }

    @Test("a video gives pictures along its time, and both forms are written")
    func writes() throws {
        try with { folder, job in
            var job = job
            let video = folder + "/one.mp4"
            try TestVideo.write(to: URL(fileURLWithPath: video), count: 200, rate: FrameRate(10))
            job.videos = [video]
            let plot = try job.run()
            let pictures = plot.drawing.elements.filter { if case .picture = $0 { true } else { false } }
            #expect(pictures.count >= 5)
            try plot.write(to: folder + "/p.svg")
            let text = try String(contentsOfFile: folder + "/p.svg", encoding: .utf8)
            #expect(text.components(separatedBy: "data:image/jpeg;base64,").count == pictures.count + 1)
            #expect(text.hasPrefix("<svg") && text.hasSuffix("</svg>\n") && !text.contains("nan"))
            try plot.write(to: folder + "/p.png")
            let image = try VideoDecoder(path: folder + "/p.png").image()
            #expect(image.width == 2067)
            #expect(throws: FileError.self) { try plot.write(to: folder + "/p.gif") }
        }
    }

    @Test("markup in labels stays text; no detections at all are an error")
    func hostile() throws {
        try with { folder, job in
            try job.run().write(to: folder + "/p.svg")
            let text = try String(contentsOfFile: folder + "/p.svg", encoding: .utf8)
            #expect(text.contains("&lt;run &amp; co&gt;") && !text.contains("<run"))
            #expect(throws: FileError.self) { try PlotJob(videos: [], detections: []).run() }
            let alone = try PlotJob(videos: [], detections: [], groundTruth: folder + "/truth.json").run()
            #expect(alone.videoCount == 2 && alone.detectionCount == 0)
        }
    }

    @Test(
        "times on the axis",
        arguments: [
            (0, 1, "0:00"), (75, 1, "1:15"), (3600, 60, "1:00:00"), (1.25, 0.1, "0:01.3"), (59.999, 0.1, "1:00.0"),
            (0.05, 0.01, "0:00.05"),
        ])
    func axisText(seconds: Double, step: Double, text: String) { #expect(TimeAxis.text(seconds, step: step) == text) }

    @Test("marks of the axis are round numbers with room for their text")
    func axisMarks() {
        let axis = TimeAxis(first: 0, last: 95, left: 100, width: 600)
        #expect(axis.step == 10 && axis.marks == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
        #expect(axis.x(47.5) == 400 && axis.x(-3) == 100 && axis.x(200) == 700)
    }

    @Test("letters are dark on light colours and light on dark ones")
    func ink() {
        #expect(TimelinePlot.ink(on: "#0072b2", opacity: 1) == "#ffffff")
        #expect(TimelinePlot.ink(on: "#0072b2", opacity: 0.25) == "#111111")
        #expect(TimelinePlot.ink(on: "#e69f00", opacity: 1) == "#111111")
    }
}
