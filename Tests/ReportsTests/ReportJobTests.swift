import Annotations
import Evaluation
import Files
import Foundation
import TestSupport
import Testing
import Toolkit
import Video

@testable import Reports

struct ReportJobTests {
    private static let hostile = "</script><script>alert(1)</script>"

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private let truth = """
        {"version": "x", "database": {
        "one": {"subset": "test", "duration": 20, "annotations": [{"label": "jump", "segment": [1, 5]},
          {"label": "run", "segment": [10, 15]}]},
        "two": {"subset": "test", "duration": 30, "annotations": [{"label": "run", "segment": [2, 12]}]},
        "other": {"subset": "train", "duration": 30, "annotations": [{"label": "run", "segment": [2, 12]}]}}}
        """
    private let predictions = """
        {"version": "x", "results": {
        "one": [{"label": "jump", "score": 0.9, "segment": [1, 5]}, {"label": "run", "score": 0.8, "segment": [1, 5]}],
        "two": [{"label": "run", "score": 0.7, "segment": [2, 12.0004]}]}}
        """

    private func report(_ folder: URL, _ change: (inout ReportJob) -> Void = { _ in }) throws -> Report {
        try truth.write(to: folder.appending(path: "truth.json"), atomically: true, encoding: .utf8)
        try predictions.write(to: folder.appending(path: "a.json"), atomically: true, encoding: .utf8)
        var job = ReportJob(
            [folder.appending(path: "a.json").path], groundTruth: folder.appending(path: "truth.json").path)
        change(&job)
        return try job.run()
    }

    /// The data that the page's script reads.
    private func data(of report: Report) throws -> [String: Any] {
        let text = TimelineData(report).text()
        return try #require(JSONSerialization.jsonObject(with: Data(text.bytes)) as? [String: Any])
    }

    @Test("without a protocol the subset of the predicted videos is evaluated")
    func subset() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try report(folder)
        #expect(report.videos.map(\.id) == ["one", "two"])
        #expect(report.labels == ["jump", "run"])
        let result = try #require(report.runs[0].result)
        #expect(result.counts.groundTruthSegments == 3 && result.averageMAP == (1 + 0.25) / 2)
        #expect(result.intervals != nil)
    }

    @Test("the page's data: times in milliseconds, verdicts, average precision")
    func pageData() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = try data(of: report(folder))
        let videos = try #require(data["videos"] as? [[Any]])
        #expect(videos[0][0] as? String == "one" && videos[0][1] as? Int == 20_000)
        // Both segments of the first video; the second one is missed.
        #expect(videos[0][3] as? [Int] == [1000, 5000, 0, 1, 10_000, 15_000, 1, 0])
        #expect(videos[0][4] as? [[Int]] == [[1000, 5000, 9000, 0, 0, 1000, 5000, 8000, 1, 2]])
        #expect(videos[1][4] as? [[Int]] == [[2000, 12_000, 7000, 1, 0]])
        #expect(videos[0][5] as? [Int] == [500])
        #expect(data["judged"] as? Bool == true)
    }

    @Test("names that look like markup stay text")
    func hostileNames() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let label = Self.hostile.replacingOccurrences(of: "/", with: "\\/")
        try predictions.replacingOccurrences(of: "\"one\"", with: "\"\(label)\"")
            .replacingOccurrences(of: "jump", with: label)
            .write(to: folder.appending(path: "b.json"), atomically: true, encoding: .utf8)
        var job = ReportJob([folder.appending(path: "b.json").path])
        job.title = Self.hostile
        let report = try job.run()
        #expect(report.labels.contains(Self.hostile) && report.videos.contains { $0.id == Self.hostile })
        let page = String(decoding: ReportPage(report).html, as: UTF8.self)
        #expect(!page.contains("<script>alert"))
        #expect(page.components(separatedBy: "</script>").count == 3)
        let data = try data(of: report)
        #expect((data["labels"] as? [String])?.contains(Self.hostile) == true)
    }

    @Test("detections alone make a page without judgements")
    func withoutTruth() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try report(folder) { $0.groundTruth = nil }
        #expect(!report.isJudged && report.charts.isEmpty)
        let videos = try #require(try data(of: report)["videos"] as? [[Any]])
        #expect(videos[1][1] as? Int == 12_000)
    }

    @Test("a training run adds its curves; a tIoU that is no threshold is refused")
    func training() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = folder.appending(path: "run")
        try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
        try "{\"epoch\":1,\"loss\":2.5}\nnot json\n{\"epoch\":2,\"loss\":1.5,\"average_map\":0.25}\n"
            .write(to: run.appending(path: "metrics.jsonl"), atomically: true, encoding: .utf8)
        let report = try ReportJob([run.path]).run()
        #expect(report.training[0].epochs.map(\.loss) == [2.5, 1.5])
        #expect(report.charts.map(\.name) == ["training-loss"])
        #expect(throws: EvaluationError.self) { try self.report(folder) { $0.tIoU = 0.55 } }
        #expect(throws: FileError.self) { try ReportJob([folder.appending(path: "none.json").path]).run() }
    }

    @Test("every chart is well-formed XML, as a figure and in the page")
    func figures() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try report(folder).writeFigures(to: folder.appending(path: "figures").path)
        #expect(paths.count >= 12)
        for path in paths where path.hasSuffix(".png") {
            // A column of 85 mm at 300 dots an inch, or a page.
            let image = try VideoDecoder(path: path).image()
            #expect(image.width == 1004 || image.width == 2067)
            #expect(Set(image.pixels).count > 10)
        }
        for path in paths where path.hasSuffix(".svg") {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.hasPrefix("<svg") && text.hasSuffix("</svg>\n") && !text.contains("nan"))
        }
    }
}
