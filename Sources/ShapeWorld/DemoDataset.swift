public import Annotations
import Files
import Foundation
import Tensors
public import Threads
public import Video

/// A data set of generated untrimmed videos: what it holds, and how to write it.
///
/// `DIR/videos/ID.mp4` are the videos, `DIR/annotations.json` their actions in the layout of ActivityNet, with the subsets
/// `training` (to fit a model), `validation` (to choose one) and `test` (for the reported figures only). The same options
/// give the same files.
public struct DemoDataset: Hashable, Sendable {
    public var difficulty = Difficulty.default
    public var trainingCount = 90
    public var validationCount = 20
    public var testCount = 30
    /// Videos with combinations of colour, shape and action that neither the other videos nor the captioned training scenes show.
    /// If there are any, combinations are annotated too; see ``CombinationFiles``.
    public var heldOutCount = 0
    /// Mean length of a video in seconds; lengths vary by up to 20 % in both directions.
    public var seconds = 25.0
    /// Width and height in pixels, even.
    public var size = 96
    public var frameRate = FrameRate(10)
    public var seed: UInt64 = 0

    public init() {}

    /// One video of the set, not yet drawn.
    struct Entry {
        var id: String
        var subset: String
        var generator: RandomGenerator
    }

    /// What was written.
    public struct Summary: Sendable {
        public var annotations: AnnotationSet
        public var annotationsPath: String
        public var videosFolder: String
        public var frameCount: Int
        /// `nil` if no combinations are held out.
        public var combinations: CombinationFiles?
    }

    /// Checks that the numbers make sense.
    ///
    /// - Throws: ``ShapeWorldError/invalidSetting(name:problem:)``.
    public func validate() throws(ShapeWorldError) {
        guard (32...1024).contains(size), size % 2 == 0 else {
            throw .invalidSetting(name: "size", problem: "must be an even number from 32 to 1024, not \(size)")
        }
        guard seconds.isFinite, (4...3600).contains(seconds) else {
            throw .invalidSetting(name: "seconds", problem: "must be from 4 to 3600, not \(seconds)")
        }
        guard (5...60).contains(frameRate.framesPerSecond) else {
            throw .invalidSetting(name: "fps", problem: "must be from 5 to 60, not \(frameRate)")
        }
        for (name, count) in [
            ("train", trainingCount), ("validation", validationCount), ("test", testCount),
            ("held-out", heldOutCount),
        ]
        where !(0...100_000).contains(count) {
            throw .invalidSetting(name: name, problem: "must be from 0 to 100000, not \(count)")
        }
        guard trainingCount + validationCount + testCount + heldOutCount > 0 else {
            throw .invalidSetting(name: "train, validation and test", problem: "must not all be 0")
        }
    }

    /// Renders and writes all videos, on all threads, then the annotations.
    ///
    /// - Parameters:
    ///   - folder: created where missing. Files of an earlier run of the same set are replaced.
    ///   - cancellation: asks the work to stop; videos in progress are finished.
    ///   - progress: receives the number of finished videos and their total, from any thread.
    /// - Throws: ``ShapeWorldError``, `FileError` or `VideoError`; `WorkInterrupted` if the work was cancelled.
    public func write(
        to folder: String, cancellation: CancellationFlag = CancellationFlag(),
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> Summary {
        try validate()
        let entries = self.entries
        let videosFolder = URL(fileURLWithPath: folder).appendingPathComponent("videos").path
        try prepare(videosFolder, for: entries)
        let finished = FinishedCount()
        let results = Parallel.map(entries.count) { index -> Result<Drawn, any Error> in
            let result = Result {
                try cancellation.check()
                let entry = entries[index]
                return try draw(entry, to: "\(videosFolder)/\(entry.id).mp4")
            }
            progress(finished.add(), entries.count)
            return result
        }
        let drawn = try results.map { try $0.get() }
        let videos = drawn.map(\.video)
        let annotations = AnnotationSet(
            videos: videos, labels: difficulty.settings.actions.map(\.label).sorted(), labelOrder: .alphabetical,
            layout: nil)
        let path = URL(fileURLWithPath: folder).appendingPathComponent("annotations.json").path
        try ActivityNetWriter.write(annotations, version: "shape world, \(difficulty.rawValue), seed \(seed)", to: path)
        var summary = Summary(
            annotations: annotations, annotationsPath: path, videosFolder: videosFolder,
            frameCount: videos.reduce(0) { $0 + ($1.frameCount ?? 0) })
        if heldOutCount > 0 {
            summary.combinations = try CombinationFiles(
                of: drawn.map { ($0.video, $0.combinations) }, settings: difficulty.settings, version: "seed \(seed)",
                folder: folder)
        }
        return summary
    }

    /// All videos. Each has its own random numbers, so that the size of one subset does not change another.
    var entries: [Entry] {
        let root = RandomGenerator(seed: seed)
        let subsets = [
            ("train", "training", trainingCount), ("validation", "validation", validationCount),
            ("test", "test", testCount), ("heldout", CombinationFiles.subset, heldOutCount),
        ]
        return subsets.enumerated().flatMap { place, subset -> [Entry] in
            let branch = root.split(place + 1)
            return (0..<subset.2).map { index in
                let digits = String(index)
                let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                return Entry(id: "\(subset.0)_\(number)", subset: subset.1, generator: branch.split(index + 1))
            }
        }
    }

    func compose(_ entry: Entry) -> UntrimmedVideo {
        var generator = entry.generator
        let frames = (generator.uniform(0.8, 1.2) * seconds * frameRate.framesPerSecond).rounded()
        let shown: ShownCombinations =
            heldOutCount == 0 ? .any : entry.subset == CombinationFiles.subset ? .heldOut : .seen
        return UntrimmedVideo(
            duration: frames / frameRate.framesPerSecond, settings: difficulty.settings, showing: shown,
            using: &generator)
    }

    /// A video that was written.
    private struct Drawn: Sendable {
        var video: AnnotatedVideo
        var combinations: [Combination]
    }

    private func draw(_ entry: Entry, to path: String) throws -> Drawn {
        let video = compose(entry)
        let renderer = SceneRenderer(scene: video.scene, size: size)
        let writer = try VideoWriter(path: path, width: size, height: size, frameRate: frameRate)
        let frameCount = Int((video.duration * frameRate.framesPerSecond).rounded())
        for frame in 0..<frameCount {
            try writer.append(renderer.image(at: frameRate.seconds(at: frame), frame: frame))
        }
        try writer.finish()
        return Drawn(
            video: AnnotatedVideo(
                id: entry.id, subset: entry.subset, duration: video.duration,
                framesPerSecond: frameRate.framesPerSecond, frameCount: frameCount, segments: video.segments),
            combinations: video.combinations)
    }

    private func prepare(_ folder: String, for entries: [Entry]) throws {
        let present: [String]
        try DurableFile.makeFolders(folder)
        do {
            present = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FileError.unwritable(path: folder, reason: error.localizedDescription)
        }
        let own = Set(entries.map { "\($0.id).mp4" })
        if let other = present.sorted().first(where: { !$0.hasPrefix(".") && !own.contains($0) }) {
            throw ShapeWorldError.folderInUse(path: folder, example: other)
        }
    }
}
