import ArgumentParser
import Extraction
import Features
import Files
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
            unless --overwrite is given.

            The id of a video is its path from the folder that was given, without the extension: cat/000 for \
            videos/cat/000.mp4. A file that is given itself has its name as the id. Files that would share an id are errors.

            With --fps, a folder of pictures (img_00001.jpg, …) is a video too, and its id is the path of the folder.

            With --shard, several processes divide the videos between them without talking, by what each video is expected to \
            cost. Each writes a store of its own: with i/n that of --out, with auto one named after it, such as features.1-of-8.h5 \
            for the second of eight. 'tal features merge' joins them.

            Examples:
              tal extract videos/ --encoder models/svilm-tiny/encoder.yaml --out features.h5
              tal extract videos/ --encoder videomae-base --weights model.safetensors --out features.h5
              tal extract rawframes/ --fps 25 --encoder models/svilm-tiny/encoder.yaml --out features.h5
              tal extract videos/ --encoder svilm-tiny --out part1.h5 --shard 1/8
              srun -n 8 tal extract videos/ --encoder svilm-tiny --out features.h5 --shard auto
            """)

    @Argument(
        help: """
            Video files, addresses (http, https), folders to search through, or @FILE: text with one of these on each line.
            """)
    var inputs: [String] = []

    @Option(
        name: .long,
        help: .value(
            "file",
            "JSON lines or a CSV table with a path or url, and if wanted an id and a duration in seconds, for each video."
        ),
        completion: .file(extensions: ["jsonl", "csv"]))
    var manifest: [String] = []

    @Option(
        name: .long,
        help: .value(
            "encoder",
            """
            The encoder: a name that 'tal encoders' lists, a folder with a published one (such as a Hugging Face snapshot), or a \
            configuration file.
            """), completion: .encoders)
    var encoder: String

    @Option(
        name: .long,
        help: .value(
            "file",
            """
            The encoder's weights: as published, a safetensors file, or a folder that holds encoder.safetensors. Unless given, \
            encoder.safetensors beside the configuration; random ones for an S-ViLM encoder where there is none.
            """), completion: .file())
    var weights: String?

    @Option(
        name: .customLong("protocol"),
        help: .value(
            "protocol",
            """
            How a published encoder is used: the name of a protocol that 'tal encoders' lists, or a YAML file such as those in \
            configs/protocols; the first one listed unless given.
            """), completion: .encoderProtocols)
    var rules: String?

    @Option(
        name: [.short, .long], help: .value("file.h5", "The feature store to write to, made where it is missing."),
        completion: .file(extensions: ["h5", "hdf5"]))
    var out: String

    @Option(
        name: .long,
        help: .value(
            "i/n",
            """
            Work on one part of the videos only, counted from 0: 1/8 is the second of eight. auto asks Slurm, MPI, Kubernetes or GNU parallel which \
            one; auto/8 says how many there are where the scheduler does not (Kubernetes, GNU parallel).
            """),
        transform: { try ShardChoice($0) })
    var shard: ShardChoice?

    @Option(name: .long, help: .value("n", "The seed of random weights."))
    var seed: UInt64 = 0

    @Option(name: .long, help: "How values are stored in new videos: float32 or float16.")
    var storeAs = FeaturePrecision.float32

    @Flag(name: .long, help: "Extract videos that are in the store too, for instance where their features are damaged.")
    var overwrite = false

    @Flag(
        name: .long, help: "Say where the time went, and how near the encoder came to the machine's rate of products.")
    var profile = false

    @Option(
        name: .long, help: .value("file.json", "Write what became of each video as JSON to this file."),
        completion: .json)
    var json: String?

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if inputs.isEmpty, manifest.isEmpty { throw ValidationError("name at least one video, folder or --manifest") }
    }

    func run() throws {
        try Outputs.check(json)
        try Outputs.checkDistinct([out, json])
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let interruption = Interruption()
        let report = try job.run(console.events, cancellation: interruption.flag)
        let outcome = BatchOutcome(report.batch)
        if let json { try ExtractionText.json(report, outcome, store: report.store).write(to: json) }
        if let extraction = report.extraction {
            console.note(ExtractionText.summary(extraction, store: report.store))
            if profile { Outputs.show(ExtractionText.profile(extraction, encoder: report.encoder), unlessIn: json) }
            if extraction.wasInterrupted {
                try interruption.finish(
                    on: console, listing: outcome, ExtractionText.interruption(report, replaces: overwrite))
            }
        }
        // With more shards than videos some have none, and that is no failure.
        if report.sharded != nil, report.videoCount == 0 { return }
        try outcome.finish(on: console)
    }
}
