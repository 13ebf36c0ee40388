public import ArgumentParser
import Extraction
import Features
import Tensors
import Toolkit
import Video

struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Compute the features of videos and store them.",
        discussion: """
            Each finished video is safe on the disk before the next begins. Run the same command again to go on after an \
            interruption: videos that are in the store are skipped. Features of another file under the same id are kept \
            unless --again is given.

            The id of a video is its path from the folder that was given, without the extension: cat/000 for \
            videos/cat/000.mp4. A file that is given itself has its name as the id. Files that would share an id are errors.

            With --fps, a folder of pictures (img_00001.jpg, …) is a video too, and its id is the path of the folder.

            Examples:
              tal extract videos/ --encoder models/svilm-tiny/encoder.yaml --out features.h5
              tal extract videos/ --encoder videomae-base --weights model.safetensors --out features.h5
              tal extract rawframes/ --fps 25 --encoder models/svilm-tiny/encoder.yaml --out features.h5
            """)

    @Argument(help: "Video files, folders to search through, or @FILE: text with one of these on each line.")
    var inputs: [String]

    @Option(
        name: .long,
        help: """
            The encoder: a name that 'tal encoders' lists, a folder with a published one (such as a Hugging Face snapshot), or a \
            configuration file.
            """)
    var encoder: String

    @Option(
        name: .long,
        help: """
            The encoder's weights: as published, a safetensors file, or a folder that holds encoder.safetensors. Unless given, \
            encoder.safetensors beside the configuration; random ones for an S-ViLM encoder where there is none.
            """)
    var weights: String?

    @Option(
        name: .customLong("protocol"),
        help: """
            How a published encoder is used: the name of a protocol that 'tal encoders' lists, or a YAML file such as those in \
            configs/protocols; the first one listed unless given.
            """)
    var rules: String?

    @Option(name: .long, help: "The feature store to write to, made where it is missing.")
    var out: String

    @Option(name: .long, help: "The seed of random weights.")
    var seed: UInt64 = 0

    @Option(name: .long, help: "How values are stored in new videos: float32 or float16.")
    var storeAs = FeaturePrecision.float32

    @Flag(name: .long, help: "Extract videos that are in the store too, for instance where their features are damaged.")
    var again = false

    @Flag(
        name: .long, help: "Say where the time went, and how near the encoder came to the machine's rate of products.")
    var profile = false

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let interruption = Interruption()
        let choice = EncoderChoice(configuration: encoder, weights: weights, seed: seed, rules: rules)
        let (encoder, isRandom) = try choice.load(precision: precisionOptions.precision)
        if isRandom {
            console.warn("\(EncoderChoice.randomWeights(choice.configuration)); --weights gives trained ones")
        }
        if let published = encoder as? PublishedSnippetEncoder {
            console.note(published.summary)
            for name in published.leftOver {
                console.warn("\(weights ?? choice.configuration): '\(name)' belongs to no known part of the model and is not used")
            }
        }
        var outcome = BatchOutcome(noun: "video")
        let found = VideoInputs(inputs, pictureRate: videoOptions.fps), videos = found.videos
        for failure in found.failures { outcome.fail(failure.input, failure.error) }
        if !videos.isEmpty {
            let store = try FeatureStoreWriter(out, origin: encoder.origin, precision: storeAs)
            for part in store.discardedParts { console.warn("\(part): was damaged; its video is extracted again") }
            let bar = ProgressBar("extract", unit: "videos", total: videos.count, console: console)
            let report = try FeatureExtractor(encoder: encoder).extract(
                videos, into: store, again: again, cancellation: interruption.flag
            ) { progress in
                bar.update(completed: progress.videos, detail: progress.video)
            }
            try store.close()
            bar.finish()
            for (video, warning) in report.warnings { console.warn("\(video.path): \(warning)") }
            for failure in report.failures { outcome.fail(failure.video.path, failure.error) }
            let done = report.extracted.count + report.alreadyDone.count
            outcome.succeed(done)
            console.note(ExtractionText.summary(report, store: out))
            if profile { print(ExtractionText.profile(report, encoder: encoder)) }
            if report.wasInterrupted {
                outcome.listFailures(on: console)
                try interruption.finish(
                    on: console, "\(done) of \(videos.count) videos are in \(out); run the same command to go on")
            }
        }
        try outcome.finish(on: console)
    }
}

extension FeaturePrecision: ExpressibleByArgument {}

/// What an extraction did, in one line.
enum ExtractionText {
    static func summary(_ report: ExtractionReport, store: String) -> String {
        var text = "\(store): \(report.extracted.count) extracted, \(report.alreadyDone.count) there already"
        if !report.failures.isEmpty { text += ", \(report.failures.count) failed" }
        if report.clipCount > 0 {
            let timing = report.timing
            let rate = Double(report.clipCount) / max(timing.total, 1e-9)
            text +=
                "; \(report.clipCount) clips, \(ResultText.number(rate, 1)) clips/s, encoder busy "
                + "\(ResultText.number(100 * timing.encoding / max(timing.total, 1e-9), 0)) %"
        }
        return text
    }

    /// Where the time went; decoding and preprocessing happen beside the encoder.
    static func profile(_ report: ExtractionReport, encoder: any SnippetEncoder) -> String {
        let timing = report.timing
        var table = TextTable([.left("work"), .right("seconds"), .right("share")])
        func add(_ name: String, _ seconds: Double) {
            let share = ResultText.number(100 * seconds / max(timing.total, 1e-9), 1) + " %"
            table.add(name, ResultText.number(seconds, 3), share)
        }
        add("waiting for clips", timing.waitingForClips)
        add("encode", timing.encoding)
        add("write", timing.writing)
        add("beside: decode", timing.sampling.decoding)
        add("beside: preprocess", timing.sampling.preprocessing)
        var text = table.description
        if let engine = encoder.engine { text += "\nencoder: \(engine)" }
        if let operations = encoder.operationsPerClip, timing.encoding > 0 {
            let rate = operations * Double(report.clipCount) / timing.encoding * 1e-9
            let sgemm = MatrixLibrary.measureRate() * 1e-9
            text +=
                "\nencoder: \(ResultText.number(rate, 1)) GFLOP/s, \(ResultText.number(100 * rate / sgemm, 0)) % of the "
                + "\(ResultText.number(sgemm, 1)) GFLOP/s of sgemm"
        }
        return text
    }
}
