public import Features
import Files
public import Threads

/// Puts the feature stores of shards, or any stores of one encoder, into one; see `StoreMerge`.
public struct MergeJob: Sendable {
    /// The stores.
    public var inputs: [String]
    /// The merged store; one that is there already keeps what it has.
    public var output: String
    /// Whether shards and videos may be missing.
    public var allowsGaps = false

    public init(_ inputs: [String], output: String) {
        self.inputs = inputs
        self.output = output
    }

    /// Merges.
    ///
    /// - Parameters:
    ///   - events: receives progress and notices.
    ///   - cancellation: asks the work to end; the output is then as it was.
    /// - Throws: `StoreSetError` where the stores do not belong together or something is missing, `FeatureError`, `FileError`,
    ///   or `WorkInterrupted`.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> StoreMerge.Report {
        var merge = StoreMerge(inputs, into: output)
        merge.allowsGaps = allowsGaps
        let report = try events.stage("merge", unit: "videos") { stage in
            try merge.run { done, total in
                try cancellation.check()
                stage.update(completed: Double(done), total: Double(total))
            }
        }
        for gap in report.gaps { events.notice("missing", "\(gap)") }
        if !report.repeated.isEmpty {
            events.notice(
                Notice(
                    "repeated", "videos are in several stores with the same features and were taken once",
                    one: "video is in several stores with the same features and was taken once", items: report.repeated)
            )
        }
        return report
    }
}
