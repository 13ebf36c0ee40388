public import Features
import Files
public import Threads

/// Reads feature stores whole, and says whether they are sound and belong together.
public struct VerificationJob: Sendable {
    /// What was found.
    public struct Report: Sendable {
        public var stores: [StoreReport] = []
        /// Why the stores do not belong together or are not all; not looked for where one of them cannot be opened.
        public var problems: [any Error] = []
        /// Stores without a fault, and faults by store.
        public var batch = BatchReport()
    }

    /// What is in one store.
    public struct StoreReport: Sendable {
        public var path: String
        public var encoder: String
        public var shard: StoreShard?
        public var videoCount = 0
        /// Feature vectors.
        public var length = 0
        public var bytes = 0
        public var damaged = 0
    }

    /// The stores.
    public var inputs: [String]

    public init(_ inputs: [String]) { self.inputs = inputs }

    /// Verifies.
    ///
    /// - Throws: `WorkInterrupted`; everything else is in the report.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        var report = Report()
        var stores: [FeatureStore] = []
        for path in inputs {
            do {
                stores.append(try FeatureStore(path))
            } catch {
                report.batch.fail(path, error)
            }
        }
        // Reading everything can take hours; whether the stores belong together is known at once.
        let set = stores.count == inputs.count ? set(of: stores, &report, events) : nil
        for store in stores {
            do {
                let found = try verify(store, &report.batch, events, cancellation)
                report.stores.append(found)
                if found.damaged == 0 { report.batch.succeed() }
            } catch let error as WorkInterrupted {
                throw error
            } catch {
                report.batch.fail(store.path, error)
            }
        }
        guard let set, report.stores.count == inputs.count else { return report }
        do {
            _ = try set.checkRepeatedVideos()
        } catch {
            add(error, to: &report, events)
        }
        return report
    }

    /// The stores as one whole; nil where they do not belong together, which the report then says.
    private func set(of stores: [FeatureStore], _ report: inout Report, _ events: JobEvents) -> StoreSet? {
        do {
            let set = try StoreSet(stores)
            for gap in set.gaps { add(gap, to: &report, events) }
            return set
        } catch {
            add(error, to: &report, events)
            return nil
        }
    }

    private func add(_ problem: any Error, to report: inout Report, _ events: JobEvents) {
        events.message("\(problem)")
        report.problems.append(problem)
        report.batch.fail("the stores", problem)
    }

    private func verify(
        _ store: FeatureStore, _ batch: inout BatchReport, _ events: JobEvents, _ cancellation: CancellationFlag
    ) throws -> StoreReport {
        var found = StoreReport(
            path: store.path, encoder: store.origin?.encoder ?? "", shard: store.shard, videoCount: store.videos.count,
            bytes: DurableFile.size(of: store.path))
        try events.stage("verify", unit: "videos", total: store.videos.count) { stage in
            for (index, video) in store.videos.enumerated() {
                try cancellation.check()
                do {
                    found.length += try store.check(video).length
                } catch {
                    found.damaged += 1
                    batch.fail(store.path, error)
                }
                stage.update(completed: Double(index + 1), detail: store.path)
            }
        }
        for video in store.incompleteVideos {
            found.damaged += 1
            batch.fail(store.path, reason: "'\(video)': its extraction did not end; extract it again")
        }
        return found
    }
}
