import Features
import Foundation
import Localization
import Tensors
import TestSupport
import Testing

/// `tal detect --curves` from outside.
@Suite("Score curves as a result")
struct ScoreCurveCommandTests {
    @Test("videos and their features give the same curves, and the detections stay as they are")
    func detect() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try VideoRun.make(in: folder)
            func detect(_ arguments: [String]) throws {
                let run = try Program.run(["detect", "--model", path("run"), "--quiet"] + arguments)
                #expect(run.status == 0, "\(run.errors)")
            }
            try detect([path("demo/videos"), "--out", path("a.json")])
            try detect([path("demo/videos"), "--out", path("b.json"), "--curves", path("b.curves.h5")])
            try detect(["--features", path("features.h5"), "--out", path("c.json"), "--curves", path("c.curves.h5")])
            func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
            #expect(try data("a.json") == data("b.json"))
            #expect(try data("b.curves.h5") == data("c.curves.h5"))
            #expect(!FileManager.default.fileExists(atPath: path("b.curves.h5.parts")))

            let file = try ScoreCurveFile(path: path("b.curves.h5"))
            let model = try RunFolder(path("run")).load()
            #expect(file.content == ScoreCurveContent(kind: .scores, classes: model.labels, model: "actionformer"))
            let source = try FeatureSources.open([path("features.h5")])
            #expect(file.videos == source.videos && file.videos.count == 3)
            for video in file.videos {
                let features = try source.sequence(for: video)
                let expected = try Detector(model).response(to: features, keepsCurves: true).curves
                #expect(try file.curves(of: video).features.elements == expected?.features.elements)
            }

            let inspected = try Program.run(["inspect", path("b.curves.h5")])
            #expect(inspected.status == 0 && inspected.output.contains("score-curves"), "\(inspected.output)")
            let again = try Program.run([
                "detect", "--model", path("run"), "--features", path("c.curves.h5"), "--out", path("d.json"),
            ])
            #expect(again.status == 1 && again.errors.contains("c.curves.h5"), "\(again.errors)")
            let same = try Program.run([
                "detect", "--model", path("run"), path("demo/videos"), "--out", path("e.h5"), "--curves", path("e.h5"),
            ])
            #expect(same.status != 0)
        }
    }
}
