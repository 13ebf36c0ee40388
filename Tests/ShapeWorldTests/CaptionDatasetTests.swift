import Foundation
import TestSupport
import Testing
import Video

@testable import ShapeWorld

@Suite("Captioned videos as files")
struct CaptionDatasetTests {
    private struct Line: Decodable {
        var video: String
        var caption: String
        var action: String
    }

    private func dataset() -> CaptionDataset {
        var dataset = CaptionDataset()
        dataset.trainingCount = 3
        dataset.validationCount = 1
        dataset.heldOutCount = 2
        dataset.seconds = 0.8
        dataset.size = 32
        dataset.seed = 5
        return dataset
    }

    @Test("every line names a video that can be read, and what happens in it")
    func writing() throws {
        try TemporaryFolder.with { folder in
            let summary = try dataset().write(to: folder.path)
            #expect(summary.manifests.map(\.count) == [3, 1, 2])
            for (path, count) in summary.manifests {
                let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                #expect(lines.count == count)
                for text in lines {
                    let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
                    let info = try VideoInfo.read(folder.appendingPathComponent(line.video).path)
                    #expect(info.width == 32 && info.height == 32)
                    let kind = try #require(ActionKind(rawValue: line.action))
                    #expect(line.caption.contains(kind.verb) || line.caption.contains(kind.rawValue))
                }
            }
        }
    }

    @Test("the same options give the same files")
    func reproducible() throws {
        try TemporaryFolder.with { folder in
            let first = folder.appendingPathComponent("a"), second = folder.appendingPathComponent("b")
            _ = try dataset().write(to: first.path)
            _ = try dataset().write(to: second.path)
            for name in ["training.jsonl", "held-out.jsonl", "videos/validation_0.mp4"] {
                #expect(
                    try Data(contentsOf: first.appendingPathComponent(name))
                        == Data(contentsOf: second.appendingPathComponent(name)), "\(name)")
            }
        }
    }

    @Test("impossible numbers are refused by name")
    func refused() {
        var small = dataset()
        small.size = 33
        #expect(throws: ShapeWorldError.self) { try small.validate() }
        var empty = dataset()
        (empty.trainingCount, empty.validationCount, empty.heldOutCount) = (0, 0, 0)
        #expect(throws: ShapeWorldError.self) { try empty.validate() }
    }
}
