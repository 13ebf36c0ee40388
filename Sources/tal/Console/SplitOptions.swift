import Annotations
import ArgumentParser

/// The options of commands that divide videos into subsets.
struct SplitOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .value(
            "fraction",
            """
            Divide annotations without subsets by chance: this fraction of the videos becomes training, the rest validation \
            (testing, where --validation-share is given too).
            """))
    var split: Double?

    @Option(
        name: .long,
        help: .value(
            "column",
            "Keep videos together that have the same text in this column of the annotations or of --video-table."))
    var splitBy: String?

    @Option(name: .long, help: .value("n", "The seed of the division."))
    var splitSeed: UInt64 = 0

    @Option(name: .long, help: .value("fraction", "Take this fraction of the training videos as a validation subset."))
    var validationShare: Double?

    func validate() throws {
        for (name, value) in [("--split", split), ("--validation-share", validationShare)] {
            guard let value, !(value > 0 && value < 1) else { continue }
            throw ValidationError("\(name) is a fraction between 0 and 1 such as 0.8, not \(value)")
        }
        if splitBy != nil, split == nil, validationShare == nil {
            throw ValidationError("--split-by goes with --split or --validation-share")
        }
    }

    /// Nil if the videos are not divided.
    var value: DataSplit? {
        guard split != nil || validationShare != nil else { return nil }
        return DataSplit(training: split, validation: validationShare, keepsGroups: splitBy != nil, seed: splitSeed)
    }
}
