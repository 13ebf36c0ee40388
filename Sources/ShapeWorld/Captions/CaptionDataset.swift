import Files
import Foundation
import Tensors
import Threads
public import Video

/// A data set of short generated videos with captions, as files.
///
/// `DIR/videos/PART_NUMBER.mp4` are the videos and `DIR/training.jsonl`, `DIR/validation.jsonl` and `DIR/held-out.jsonl` their captions, a
/// line each: `{"action", "caption", "video"}`. `DIR/training-questions.jsonl` and its kin hold questions about the videos with their
/// answers: `{"answer", "question", "video"}`. The same options give the same files.
public struct CaptionDataset: Hashable, Sendable {
    public var difficulty = Difficulty.default
    /// Videos to train on.
    public var trainingCount = 1000
    /// Videos to choose a model on.
    public var validationCount = 100
    /// Videos of combinations that no other part has.
    public var heldOutCount = 100
    /// Neighbouring videos to train on that differ only in what happens.
    public var scenesPerGroup = 8
    /// Length of a video, at most ``CaptionWorld/seconds``.
    public var seconds = 2.4
    /// Width and height in pixels, even.
    public var size = 96
    public var frameRate = FrameRate(10)
    public var seed: UInt64 = 0

    public init() {}

    /// What was written.
    public struct Summary: Hashable, Sendable {
        /// Paths of the lists with the number of their lines.
        public var manifests: [(path: String, count: Int)] {
            zip(paths, counts).map { (path: $0, count: $1) }
        }
        /// Paths of the lists of questions with the number of their lines.
        public var questions: [(path: String, count: Int)] {
            zip(questionPaths, questionCounts).map { (path: $0, count: $1) }
        }
        var paths: [String] = []
        var counts: [Int] = []
        var questionPaths: [String] = []
        var questionCounts: [Int] = []
        public var videosFolder: String
    }

    /// Checks that the numbers make sense.
    ///
    /// - Throws: ``ShapeWorldError/invalidSetting(name:problem:)``.
    public func validate() throws(ShapeWorldError) {
        guard (32...1024).contains(size), size % 2 == 0 else {
            throw .invalidSetting(name: "size", problem: "must be an even number from 32 to 1024, not \(size)")
        }
        guard seconds >= 0.5, seconds <= CaptionWorld.seconds else {
            throw .invalidSetting(
                name: "seconds", problem: "must be from 0.5 to \(CaptionWorld.seconds), not \(seconds)")
        }
        guard (5...60).contains(frameRate.framesPerSecond) else {
            throw .invalidSetting(name: "fps", problem: "must be from 5 to 60, not \(frameRate)")
        }
        guard (1...64).contains(scenesPerGroup) else {
            throw .invalidSetting(name: "scenes-per-group", problem: "must be from 1 to 64, not \(scenesPerGroup)")
        }
        for (name, count) in [("count", trainingCount), ("validation", validationCount), ("held-out", heldOutCount)]
        where !(0...1_000_000).contains(count) {
            throw .invalidSetting(name: name, problem: "must be from 0 to 1000000, not \(count)")
        }
        guard trainingCount + validationCount + heldOutCount > 0 else {
            throw .invalidSetting(name: "count, validation and held-out", problem: "must not all be 0")
        }
    }

    private struct Line: Encodable {
        var video: String
        var caption: String
        var action: String
    }

    private struct QuestionLine: Encodable {
        var video: String
        var question: String
        var answer: String
    }

    /// Renders and writes all videos, on all threads, then the lists.
    ///
    /// - Parameters:
    ///   - folder: created where missing; files of the same names are replaced.
    ///   - progress: receives the number of finished videos and their total, from any thread.
    /// - Throws: ``ShapeWorldError``, `FileError` or `VideoError`.
    public func write(
        to folder: String, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> Summary {
        try validate()
        let folder = URL(fileURLWithPath: folder)
        let videos = folder.appendingPathComponent("videos")
        try DurableFile.makeFolders(videos.path)
        let parts: [(part: CaptionWorld.Part, name: String, count: Int)] = [
            (.training, "training", trainingCount), (.validation, "validation", validationCount),
            (.heldOut, "held-out", heldOutCount),
        ]
        var summary = Summary(videosFolder: videos.path)
        let total = trainingCount + validationCount + heldOutCount
        var finished = 0
        for (part, name, count) in parts where count > 0 {
            let world = CaptionWorld(
                settings: difficulty.settings, part: part, scenesPerGroup: part == .training ? scenesPerGroup : 1,
                seed: seed)
            var lines: [Line] = [], questions: [QuestionLine] = []
            // A few at a time, so that progress is reported in order.
            for first in stride(from: 0, to: count, by: 64) {
                let made = Parallel.map(min(64, count - first)) {
                    offset -> Result<(Line, [QuestionLine]), any Error> in
                    Result {
                        let index = first + offset
                        let file = "\(name)_\(String(index)).mp4"
                        let scene = world.scene(at: index)
                        try draw(scene, to: videos.appendingPathComponent(file).path)
                        return (
                            Line(video: "videos/\(file)", caption: scene.caption, action: scene.kind.rawValue),
                            scene.questions.map {
                                QuestionLine(video: "videos/\(file)", question: $0.question, answer: $0.answer)
                            }
                        )
                    }
                }
                for result in made {
                    let (line, asked) = try result.get()
                    lines.append(line)
                    questions += asked
                }
                finished += made.count
                progress(finished, total)
            }
            let path = folder.appendingPathComponent("\(name).jsonl").path
            try write(lines, to: path)
            summary.paths.append(path)
            summary.counts.append(count)
            let questionPath = folder.appendingPathComponent("\(name)-questions.jsonl").path
            try write(questions, to: questionPath)
            summary.questionPaths.append(questionPath)
            summary.questionCounts.append(questions.count)
        }
        return summary
    }

    private func draw(_ scene: CaptionedScene, to path: String) throws {
        let renderer = SceneRenderer(scene: scene.scene, size: size)
        let writer = try VideoWriter(path: path, width: size, height: size, frameRate: frameRate)
        for frame in 0..<Int((seconds * frameRate.framesPerSecond).rounded()) {
            try writer.append(renderer.image(at: frameRate.seconds(at: frame), frame: frame))
        }
        try writer.finish()
    }

    private func write(_ lines: [some Encodable], to path: String) throws(FileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let texts = try lines.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            try AtomicFile.write(texts.joined(separator: "\n") + "\n", to: path)
        } catch {
            throw .unwritable(path: path, reason: (error as? FileError)?.reason ?? error.localizedDescription)
        }
    }
}
