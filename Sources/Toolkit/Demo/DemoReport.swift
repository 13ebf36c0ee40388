public import Evaluation
import Foundation

/// What a demo came to.
public struct DemoReport: Sendable {
    /// The figures of one method and seed on the test videos.
    public struct Evaluation: Sendable {
        public var method: DemoMethod
        public var seed: UInt64
        public var result: EvaluationResult
        /// The result as JSON.
        public var path: String
    }

    /// A part of the work, and how long this call worked on it.
    public struct Stage: Hashable, Sendable {
        /// Such as `train (svilm-tiny, seed 1)`.
        public var name: String
        public var seconds: Double
    }

    public var files: DemoFiles
    /// In the order of methods and seeds.
    public var evaluations: [Evaluation]
    public var stages: [Stage]
    /// One of the videos to try the head on.
    public var exampleVideo: String

    /// The mean of the average mAP over the seeds, a fraction of 1, and half the range from the lowest to the highest.
    ///
    /// - Returns: nil for a method that the demo left out.
    public func averageMAP(of method: DemoMethod) -> (mean: Double, halfRange: Double)? {
        let values = evaluations.filter { $0.method == method }.map(\.result.averageMAP)
        guard let lowest = values.min(), let highest = values.max() else { return nil }
        return (values.reduce(0, +) / Double(values.count), (highest - lowest) / 2)
    }
}

/// Runs the stages of a demo one after another, and keeps their times.
struct DemoStages {
    private(set) var finished: [DemoReport.Stage] = []
    private let events: JobEvents

    init(events: JobEvents) { self.events = events }

    mutating func run(_ name: String, _ body: () throws -> Void) throws {
        events.message("— \(name)")
        let clock = ContinuousClock(), start = clock.now
        try body()
        finished.append(DemoReport.Stage(name: name, seconds: (clock.now - start) / .seconds(1)))
    }
}
