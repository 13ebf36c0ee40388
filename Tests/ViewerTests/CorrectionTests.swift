import Annotations
import Files
import Foundation
import TestSupport
import Testing

@testable import Viewer

struct CorrectionTests {
    private static func edit(_ revision: Int, _ segments: String) -> String {
        "{\"revision\": \(revision), \"segments\": [\(segments)]}"
    }

    private static let jump =
        "{\"start\": 1.2345678901234567, \"end\": 5, \"label\": \"jump <&>\", \"maker\": \"human\"}"

    @Test("what is saved is what was done, and the rest stays")
    func saved() async throws {
        try await TemporaryFolder.with { parent in
            var job = ViewerJob([try TestViewer.folder(in: parent, ["one.mp4", "three.mp4"])])
            let truth = Checkout.url("Tests/Pages/truth.json").path
            let output = parent.appendingPathComponent("labels.json").path
            job.groundTruth = truth
            job.predictions = [Checkout.url("Tests/Pages/predictions.json").path]
            job.output = output
            try await TestViewer.with(job) { client in
                let shown = try await client.ask("GET", "/\(client.token)/api/videos/0").object()
                #expect((shown["segments"] as? [Any])?.count == 2 && (shown["tracks"] as? [Any])?.count == 1)
                try await client.expectWrite(200, "PUT", "api/videos/0/segments", Self.edit(0, Self.jump))
                try await client.expectWrite(200, "PUT", "api/videos/1/segments", Self.edit(0, ""))
                #expect(!FileManager.default.fileExists(atPath: output))
                let reply = try await client.write("POST", "api/save", "{}").object()
                #expect(reply["segments"] as? Int == 2 && reply["path"] as? String == output)
            }
            let before = try AnnotationSet(contentsOf: truth), after = try AnnotationSet(contentsOf: output)
            #expect(after.videos.map(\.id) == ["one", "two", "three"])
            #expect(after.videos[1] == before.videos[1])
            #expect(after.videos[0].duration == 20 && after.videos[0].subset == "test")
            let segment = try #require(after.videos[0].segments.first)
            #expect(after.videos[0].segments.count == 1 && after.videos[2].segments.isEmpty)
            #expect(segment.segment == Segment(start: 1.2345678901234567, end: 5))
            #expect(segment.label == "jump <&>" && segment.tier == "human")
            #expect(!FileManager.default.fileExists(atPath: output + ".journal"))
        }
    }

    @Test("edits that were not saved are there at the next start; a torn one is lost alone")
    func journal() async throws {
        try await TemporaryFolder.with { parent in
            var job = ViewerJob([try TestViewer.folder(in: parent, ["one.mp4"])])
            let output = parent.appendingPathComponent("labels.json").path
            job.output = output
            try await TestViewer.with(job) { client in
                try await client.expectWrite(200, "PUT", "api/videos/0/segments", Self.edit(0, Self.jump))
                let two = Self.jump + ", {\"start\": 6, \"end\": 7, \"label\": \"run\", \"maker\": \"detector\"}"
                try await client.expectWrite(200, "PUT", "api/videos/0/segments", Self.edit(1, two))
            }
            let journal = URL(fileURLWithPath: output + ".journal")
            try (Data(contentsOf: journal) + Data("{\"video\": \"one\", \"segm".utf8)).write(to: journal)
            for _ in 0..<2 {
                let store = try LabelStore(nil, output: LabelOutput(output))
                let labels = await store.labels(of: "one")
                #expect(labels.segments.map(\.label) == ["jump <&>", "run"] && labels.segments[1].maker == .detector)
                #expect(await store.recovered == 2)
                #expect(await store.hasUnsavedEdits)
            }
            let store = try LabelStore(nil, output: LabelOutput(output))
            _ = try await store.replace([EditedSegment(start: 0, end: 1, label: "walk")], of: "two", revision: 0)
            let saved = try await store.save(replacing: false)
            #expect(saved.segments == 3)
            #expect(try AnnotationSet(contentsOf: output).segmentCount == 3)
        }
    }

    @Test("two windows, and two programs, on one file are noticed")
    func conflicts() async throws {
        try await TemporaryFolder.with { parent in
            var job = ViewerJob([try TestViewer.folder(in: parent, ["one.mp4"])])
            let output = parent.appendingPathComponent("labels.json").path
            job.output = output
            try await TestViewer.with(job) { client in
                #expect(throws: FileError.self) { try LabelOutput(output) }
                try await client.expectWrite(200, "PUT", "api/videos/0/segments", Self.edit(0, Self.jump))
                let late = try await client.write("PUT", "api/videos/0/segments", Self.edit(0, ""))
                #expect(late.status == 409 && late.text.contains("another window"))
                try Data("{\"database\": {}}".utf8).write(to: URL(fileURLWithPath: output))
                try await client.expectWrite(409, "POST", "api/save", "{}")
                #expect(try String(contentsOfFile: output, encoding: .utf8) == "{\"database\": {}}")
                try await client.expectWrite(200, "POST", "api/save", "{\"replace\": true}")
                #expect(try AnnotationSet(contentsOf: output).segmentCount == 1)
            }
        }
    }

    @Test(
        "segments that cannot be are refused and change nothing",
        arguments: [
            EditedSegment(start: 5, end: 5, label: "a"), EditedSegment(start: 6, end: 5, label: "a"),
            EditedSegment(start: -1, end: 5, label: "a"), EditedSegment(start: 0, end: 1e9, label: "a"),
            EditedSegment(start: .nan, end: 5, label: "a"), EditedSegment(start: 0, end: 5, label: ""),
            EditedSegment(start: 0, end: 5, label: "a\nb"),
            EditedSegment(start: 0, end: 5, label: String(repeating: "a", count: 301)),
        ])
    func unusable(segment: EditedSegment) async throws {
        try await TemporaryFolder.with { parent in
            let store = try LabelStore(nil, output: LabelOutput(parent.appendingPathComponent("labels.json").path))
            await #expect(throws: ViewerError.self) { try await store.replace([segment], of: "one", revision: 0) }
            #expect(await store.labels(of: "one").segments.isEmpty)
            #expect(await !store.hasUnsavedEdits)
        }
    }

    @Test("without a file nothing can be changed")
    func readOnly() async throws {
        let store = try LabelStore(nil, output: nil)
        await #expect(throws: ViewerError.readOnly) { try await store.replace([], of: "one", revision: 0) }
        await #expect(throws: ViewerError.readOnly) { try await store.save(replacing: true) }
    }

    @Test("the extension names the format")
    func formats() throws {
        for (name, format) in [("a.json", "activitynet"), ("a.csv", "csv"), ("a.tsv", "tsv"), ("a.eaf", "elan")] {
            #expect(try WrittenFormats.format(ofPath: name).name == format)
        }
        #expect(throws: FileError.self) { try WrittenFormats.format(ofPath: "labels.docx") }
    }

    @Test("disagreement counts labels and confident detections without a partner")
    func disagreement() throws {
        let runs = try DetectionRuns([Checkout.url("Tests/Pages/predictions.json").path])
        let found = runs.detections(of: "one", in: runs.runs[0])
        let confident = found.filter { $0.score >= found[0].score / 2 }
        let agreed = confident.map { EditedSegment(start: $0.segment.start, end: $0.segment.end, label: $0.label) }
        #expect(runs.disagreement("one", agreed) == 0)
        #expect(runs.disagreement("one", []) == confident.count)
        #expect(runs.disagreement("unknown", agreed) == agreed.count)
    }
}
