import Annotations
import ArgumentParser
import Evaluation
import Tensors

struct RandomDetectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "random-detections",
        abstract: "Draw detections without looking at any video: the baseline that every method must beat.",
        discussion: """
            Labels are uniform, lengths are those of segments of the other subsets, start times and scores are uniform.

            Example:
              tal generate random-detections --annotations annotations.json --subset test --out random.json
            """)

    @Option(name: .long, help: .value("file", "Annotations, plain or gzip."), completion: .file())
    var annotations: String

    @Option(name: .long, help: .value("name", "The subset whose videos get detections."), completion: .subsets)
    var subset: String

    @Option(
        name: [.short, .long],
        help: .value("file.json", "Write the detections as ActivityNet results JSON to this file."), completion: .json)
    var out: String

    @Option(name: .long, help: .value("n", "Detections of each video."))
    var count = 100

    @Option(name: .long, help: .value("n", "Seed of the draws."))
    var seed: UInt64 = 0

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if count < 1 { throw ValidationError("--count must be at least 1, not \(count)") }
    }

    func run() throws {
        try Outputs.check(out)
        let all = try AnnotationSet.reading([annotations])
        let videos = try all.subset(subset)
        let chosen = Set(videos.videos.map(\.id))
        var others = all
        others.videos.removeAll { chosen.contains($0.id) }
        if others.segmentCount == 0 {
            consoleOptions.makeConsole().warn(
                "\(annotations) has no segments of other subsets to take lengths from, so lengths are uniform: a lower floor than "
                    + "that of real lengths")
        }
        let unknown = videos.videos.filter { $0.duration == nil }
        if !unknown.isEmpty {
            consoleOptions.makeConsole().warn(
                "\(unknown.count) videos have no duration (\(unknown.prefix(3).map(\.id).joined(separator: ", "))): they are "
                    + "taken to end with their last segment, and get nothing where they have none")
        }
        var generator = RandomGenerator(seed: seed)
        let detections = RandomDetections.draw(
            for: videos, lengthsFrom: others, perVideo: count, using: &generator)
        try DetectionFile.write(DetectionTable(detections), to: out)
        consoleOptions.makeConsole().note("\(out): \(detections.count) detections of \(videos.videos.count) videos")
    }
}
