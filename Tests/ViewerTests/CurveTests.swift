import Features
import Files
import Foundation
import Localization
import Tensors
import TestSupport
import Testing

@testable import Viewer

@Suite("Curves in the viewer")
struct CurveTests {
    /// A snippet a second, the first at 0.5 s.
    private static let grid = SnippetGrid(frameRateNumerator: 10, strideFrames: 10, windowFrames: 10)

    private static func sequence(_ video: String, _ rows: [[Float]]) -> FeatureSequence {
        FeatureSequence(
            video: video, features: Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count]), grid: grid)
    }

    private static func write(
        _ sequences: [FeatureSequence], _ classes: [String], to path: String, kind: ScoreCurveContent.Kind = .scores
    ) throws {
        let writer = try ScoreCurveWriter(
            path, content: ScoreCurveContent(kind: kind, classes: classes, model: "head"), weightsSHA256: "",
            precision: .float32)
        for sequence in sequences { try writer.write(sequence) }
        try writer.close()
    }

    private static func part(_ from: Double, _ until: Double, points: Int, column: Int? = nil) throws -> CurvePart {
        var values = ["from": "\(from)", "until": "\(until)", "points": "\(points)"]
        values["class"] = column.map(String.init)
        return try #require(CurvePart(values, classes: 9))
    }

    @Test("a part has its snippets and one more on both sides")
    func snippets() throws {
        let sequence = Self.sequence("v", (0..<10).map { [Float($0) / 10, 0.5] })
        let envelope = CurveEnvelope(sequence, try Self.part(3.6, 5.4, points: 100))
        // Between the snippets at 3.5 and at 5.5 s, and one before and one after.
        #expect(envelope.start == 2.5 && envelope.step == 1)
        #expect(envelope.curves.map(\.column) == [0, 1])
        #expect(envelope.curves[0].low == [0.2, 0.3, 0.4, 0.5, 0.6] && envelope.curves[0].high == nil)
        let whole = CurveEnvelope(sequence, try Self.part(0, 10, points: 100))
        #expect(whole.start == 0.5 && whole.curves[0].low.count == 10)
        for (from, until) in [(-50.0, -40.0), (90, 1e300)] {
            #expect(!CurveEnvelope(sequence, try Self.part(from, until, points: 5)).curves[0].low.isEmpty)
        }
    }

    @Test("of several snippets the lowest and the highest are sent, in groups that do not move")
    func envelope() throws {
        let values: [Float] = [0.1, 0.9, 0.3, 0.2, 0.8, 0.4, 0.5, 0.6, 0.7]
        let sequence = Self.sequence("v", values.map { [$0] })
        let envelope = CurveEnvelope(sequence, try Self.part(0, 9, points: 3))
        // Four snippets each, the last alone; the first group lies around 2 s.
        #expect(envelope.start == 2 && envelope.step == 4)
        #expect(envelope.curves[0].low == [0.1, 0.4, 0.7] && envelope.curves[0].high == [0.9, 0.8, 0.7])
        let later = CurveEnvelope(sequence, try Self.part(5, 9, points: 3))
        #expect(later.step == 2 && later.start == 3)
        #expect(later.curves[0].low == [0.2, 0.4, 0.5, 0.7] && later.curves[0].high == [0.3, 0.8, 0.6, 0.7])
    }

    @Test("a day of video is some kilobytes")
    func day() throws {
        let length = 24 * 3600
        let sequence = FeatureSequence(
            video: "v",
            features: Tensor([length, 7]) { target in
                for index in 0..<(length * 7) { target[index] = Float(index * 7919 % 10_007) / 10_007 }
            }, grid: Self.grid)
        let envelope = CurveEnvelope(sequence, try Self.part(0, 86_400, points: 1000))
        #expect(envelope.curves.count == CurvePart.mostClasses && envelope.step == 128)
        #expect(envelope.curves.allSatisfy { $0.low.count == 675 && $0.high?.count == 675 })
    }

    @Test("the classes with the highest scores of the part are sent, or the one that is wanted")
    func classes() throws {
        let sequence = Self.sequence(
            "v", [[0.9, 0, 0.1, 0.2, 0.3, 0.4, 0.05], [0, 0.9, 0.1, 0.2, 0.3, 0.4, 0.05], [0, 0.9, 0, 0, 0, 0, 0]])
        func columns(_ part: CurvePart) -> [Int] { CurveEnvelope(sequence, part).curves.map(\.column) }
        #expect(columns(try Self.part(0, 3, points: 9)) == [0, 1, 3, 4, 5])
        #expect(columns(try Self.part(1.6, 3, points: 9)) == [1, 2, 3, 4, 5])
        #expect(columns(try Self.part(0, 3, points: 9, column: 6)) == [6])
    }

    @Test("a query that makes no sense is none")
    func queries() {
        let right = ["from": "0", "until": "1.5", "points": "9", "class": "1"]
        #expect(CurvePart(right, classes: 2) != nil)
        for (name, text) in [
            ("from", "2"), ("from", "x"), ("from", "nan"), ("until", "inf"), ("points", "0"), ("points", "4001"),
            ("class", "2"), ("class", "-1"), ("class", "run"),
        ] {
            #expect(CurvePart(right.merging([name: text]) { $1 }, classes: 2) == nil, "\(name) \(text)")
        }
        for name in ["from", "until", "points"] {
            #expect(CurvePart(right.filter { $0.key != name }, classes: 2) == nil)
        }
    }

    @Test("the file beside the detections is shown, and its numbers are sent")
    func served() async throws {
        try await TemporaryFolder.with { parent in
            func path(_ name: String) -> String { parent.appendingPathComponent(name).path }
            let folder = try TestViewer.folder(in: parent, ["one.mp4", "two.mp4"])
            try FileManager.default.copyItem(
                at: Checkout.url("Tests/Pages/predictions.json"), to: parent.appendingPathComponent("found.json"))
            try Self.write(
                [Self.sequence("one", [[0.25, 0.5], [0.75, 0.125]])], ["run", "stand"], to: path("found.curves.h5"))
            try Self.write(
                [Self.sequence("one", [[-0.25], [0.5]])], ["a dog"], to: path("words.h5"), kind: .similarities)
            var job = ViewerJob([folder])
            job.predictions = [path("found.json")]
            job.curves = [path("words.h5")]
            try await TestViewer.with(job) { client in
                let session = try await client.ask("GET", "/\(client.token)/api/session").object()
                let files = try #require(session["curves"] as? [[String: Any]])
                #expect(files.compactMap { $0["name"] as? String } == ["words.h5", "found"])
                #expect(files.compactMap { $0["kind"] as? String } == ["similarities", "scores"])
                let labels = try #require(session["labels"] as? [String])
                #expect(labels.contains("stand") && labels.contains("a dog"))
                #expect((session["colours"] as? [String])?.count == labels.count)
                for (number, expected) in [[0, 1], []].enumerated() {
                    let video = try await client.ask("GET", "/\(client.token)/api/videos/\(number)").object()
                    #expect(video["curves"] as? [Int] == expected)
                }
                let query = "?from=0&until=2&points=100"
                let address = "/\(client.token)/api/videos/0/curves/"
                let scores = try await client.ask("GET", address + "1" + query).text
                #expect(
                    scores
                        == #"{"curves":[{"label":"run","low":[0.25,0.75]},{"label":"stand","low":[0.5,0.125]}],"#
                        + #""highest":0.75,"lowest":0,"start":0.5,"step":1}"#)
                let one = try await client.ask("GET", address + "1" + query + "&class=1").object()
                #expect((one["curves"] as? [Any])?.count == 1 && one["highest"] as? Double == 0.5)
                let words = try await client.ask("GET", address + "0" + query).object()
                #expect(words["lowest"] as? Double == -0.25 && words["highest"] as? Double == 0.5)
                try await client.expect(404, "GET", address + "2" + query)
                try await client.expect(404, "GET", "/\(client.token)/api/videos/1/curves/0" + query)
                try await client.expect(400, "GET", address + "1")
                try await client.expect(403, "GET", "/api/videos/0/curves/1" + query)
            }
        }
    }

    @Test("a file that was named is right or an error; one that lies there is left out with a word")
    func wrongFiles() throws {
        try TemporaryFolder.with { parent in
            func path(_ name: String) -> String { parent.appendingPathComponent(name).path }
            try Self.write([Self.sequence("other", [[0.5]])], ["run"], to: path("found.curves.h5"))
            let file = path("found.curves.h5")
            func tracks(_ named: [String], _ notify: (Notice) -> Void = { _ in }) throws -> CurveTracks {
                try CurveTracks(named, beside: [path("found.json")], shown: ["one"], notify: notify)
            }
            #expect { try tracks([file]) } throws: {
                "\($0)"
                    == "\(file): has scores of 1 videos such as 'other'; expected one that is shown, such as 'one'"
            }
            var notices: [String] = []
            #expect(try tracks([]) { notices.append("\($0)") }.tracks.isEmpty)
            #expect(notices.count == 1 && notices[0].contains("'other'") && notices[0].contains("left out"))
            try FileManager.default.removeItem(atPath: file)
            try Self.write([Self.sequence("one", [[0.5]])], ["run"], to: file)
            // The same file is one track, however it came.
            #expect(try tracks([parent.path + "/./found.curves.h5"]).tracks.map(\.name) == ["found"])
        }
    }
}
