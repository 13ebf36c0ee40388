import ArgumentParser
import Foundation
import SViLM
import Video
import VideoTasks

struct VisualizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "visualize",
        abstract: "Draw what a pre-trained encoder sees in clips: groups and similarities.",
        discussion: """
            For each video: a row of its frames, one of each tubelet (two frames), and below it for each model the same \
            frames, tinted with the colour of the group that each tubelet belongs to, and the cosines between the clip features \
            of all pairs of times (white 1, black -1). With --blend the second half of each clip shows the next video, as \
            cut-and-paste does in pre-training: an encoder that knows the parts apart has two bright squares on the diagonal.

            Example:
              tal visualize a.mp4 b.mp4 --blend --model runs/with --model runs/without --out grouping.png
            """)

    @Argument(help: "Videos.")
    var videos: [String]

    @Option(
        name: .long, help: .value("dir", "The folder of a pre-trained model; several are drawn below each other."),
        completion: .directory)
    var model: [String]

    @Option(name: .long, help: "Where the clips begin, in seconds.")
    var start = 0.0

    @Flag(name: .long, help: "Let the second half of each clip show the next video, the last one's the first.")
    var blend = false

    @Option(name: .long, help: .value("n", "Width and height of a frame in the picture."))
    var cell = 96

    @Option(
        name: [.short, .long], help: .value("file.png", "The PNG file to write."),
        completion: .file(extensions: ["png"]))
    var out: String

    @OptionGroup var videoOptions: VideoOptions

    func validate() throws {
        guard !model.isEmpty else { throw ValidationError("name at least one --model") }
        guard !blend || videos.count > 1 else { throw ValidationError("--blend needs at least two videos") }
        guard (8...1024).contains(cell) else { throw ValidationError("--cell must be between 8 and 1024") }
        guard start >= 0, start.isFinite else { throw ValidationError("--start must not be negative") }
    }

    func run() throws {
        try Outputs.check(out)
        let models = try model.map { try VideoLanguageModel.load(from: $0).video }
        // Clips of each model, since their sizes and rates may differ; views[video][model].
        var views: [[ClipView]] = Array(repeating: [], count: videos.count)
        for encoder in models {
            let reader = ClipReader(encoder.configuration, decoderOptions: videoOptions.decoderOptions)
            var clips: [[UInt8]] = []
            for video in videos { clips.append(try reader.clip(of: video, from: start)) }
            if blend { clips = reader.halvesBlended(clips) }
            for place in clips.indices { views[place].append(ClipView(encoder, pixels: clips[place])) }
        }
        try drawing(views).writePNG(to: out)
        for (place, video) in videos.enumerated() {
            for (name, view) in zip(model, views[place]) {
                print("\(video), \(name): \(view.groupsUsed) groups")
            }
        }
    }

    private func drawing(_ views: [[ClipView]]) -> RGBImage {
        let gap = cell / 8
        let longest = views.joined().map(\.times).max() ?? 1
        let width = longest * cell + gap + cell + 2 * gap
        let rows = views.map { 1 + $0.count }.reduce(0, +)
        var picture = RGBImage(
            width: width, height: rows * (cell + gap / 2) + views.count * gap + gap, red: 255, green: 255, blue: 255)
        var y = gap
        for row in views {
            guard let first = row.first else { continue }
            picture.place(first.frames(cell: cell), x: gap, y: y)
            for view in row {
                y += cell + gap / 2
                picture.place(view.assignment(cell: cell), x: gap, y: y)
                picture.place(view.similarityMap(cell: cell), x: 2 * gap + longest * cell, y: y)
            }
            y += cell + gap / 2 + gap
        }
        return picture
    }
}
