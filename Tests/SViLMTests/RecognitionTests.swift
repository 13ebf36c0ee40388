import Foundation
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors

@Suite("Recognition by a linear probe")
struct RecognitionTests {
    @Test("classes that a plane separates are told apart, whatever the scale of the features")
    func separable() {
        var generator = RandomGenerator(seed: 1)
        func samples(_ count: Int) -> (Tensor, [String]) {
            let labels = (0..<count).map { ["left", "right", "up"][$0 % 3] }
            let rows = labels.map { label in
                let noise = Tensor.normal([4], using: &generator) * 0.3
                let centre: [Float] =
                    label == "left" ? [1, 0, 0, 0] : label == "right" ? [-1, 0, 0, 0] : [0, 2, 0, 0]
                return (noise + Tensor(centre)) * Tensor([1, 100, 0.01, 1]) + 7
            }
            return (.stacked(rows), labels)
        }
        let (training, labels) = samples(90)
        let (test, wanted) = samples(60)
        let probe = LinearProbe(features: training, labels: labels)
        #expect(probe.labels == ["left", "right", "up"])
        let accuracy = probe.accuracy(test, labels: wanted)
        #expect(accuracy.top1 > 0.95)
        #expect(accuracy.top5 == 1)
        #expect(accuracy.samples == 60)
    }

    @Test("features that never change earn nothing, and labels unknown to training are never right")
    func nothingToLearn() {
        let probe = LinearProbe(features: .ones([4, 3]), labels: ["a", "b", "a", "b"])
        #expect(probe.accuracy(.ones([2, 3]), labels: ["a", "b"]).top1 == 0)
        #expect(probe.accuracy(.ones([1, 3]), labels: ["c"]).top5 == 0)
    }

    @Test("JSON lines give labelled videos, bad lines are listed")
    func jsonLines() throws {
        try SharedData.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("training.jsonl").path
            let text =
                "{\"video\": \"videos/a.mp4\", \"action\": \"spinning\", \"caption\": \"x\"}\n{\"video\": \"b.mp4\"}\n"
                + "{\"video\": \"/c.mp4\", \"label\": \"resting\"}\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let videos = try LabelledVideos(path: path, part: .training)
            #expect(
                videos.items == [
                    .init(path: folder.path + "/videos/a.mp4", label: "spinning"),
                    .init(path: "/c.mp4", label: "resting"),
                ])
            #expect(videos.failures.map(\.video) == ["\(path), line 2"])
        }
    }

    @Test("lists of UCF101 take the folder as label")
    func ucf101() throws {
        try SharedData.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("trainlist01.txt").path
            let text = "ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1\nArchery/v_Archery_g08_c02.avi 3\r\nodd\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let videos = try LabelledVideos(path: path, root: "/ucf", part: .training)
            #expect(
                videos.items == [
                    .init(path: "/ucf/ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi", label: "ApplyEyeMakeup"),
                    .init(path: "/ucf/Archery/v_Archery_g08_c02.avi", label: "Archery"),
                ])
            #expect(videos.failures.count == 1)
        }
    }

    @Test("splits of HMDB51 give the videos of one part and leave the unused out")
    func hmdb51() throws {
        try SharedData.withTemporaryFolder { folder in
            let text = "a.avi 1 \nb.avi 2 \nc.avi 0 \n"
            try Data(text.utf8).write(to: folder.appendingPathComponent("brush_hair_test_split1.txt"))
            try Data(text.utf8).write(to: folder.appendingPathComponent("brush_hair_test_split2.txt"))
            let training = try LabelledVideos(path: folder.path, root: "/hmdb", part: .training)
            #expect(training.items == [.init(path: "/hmdb/a.avi", label: "brush_hair")])
            let test = try LabelledVideos(path: folder.path, root: "/hmdb", part: .test)
            #expect(test.items == [.init(path: "/hmdb/b.avi", label: "brush_hair")])
            #expect(throws: SViLMError.self) { try LabelledVideos(path: folder.path, part: .test, split: 3) }
        }
    }

    @Test("a list without a labelled video is an error that names it")
    func empty() throws {
        try SharedData.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("list.txt").path
            try Data("nothing here\n".utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: SViLMError.self) { try LabelledVideos(path: path, part: .test) }
            #expect(error?.description.contains("list.txt") == true)
        }
    }
}
