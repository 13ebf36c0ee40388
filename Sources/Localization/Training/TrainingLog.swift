import Files
import Foundation
import Networks

/// What a run reports of each epoch: a JSON line for programs, a text line for people, and scalars for TensorBoard.
///
/// A resumed run continues the files; lines of epochs that are done again are first dropped from those for programs.
struct TrainingLog {
    /// One epoch.
    struct Epoch: Codable, Equatable {
        /// Counted from 1.
        var epoch: Int
        var loss: Double
        /// The normalised parts of the loss.
        var terms: [String: Double]
        var learningRate: Double
        /// Mean norm of the gradient before clipping.
        var gradientNorm: Double
        var seconds: Double
        /// Average mAP on the validation subset, where it was evaluated.
        var averageMAP: Double?

        private enum CodingKeys: String, CodingKey {
            case epoch, loss, terms, learningRate, gradientNorm, seconds
            case averageMAP = "averageMap"
        }
    }

    private let run: RunFolder
    private let metrics: RunLog
    /// The same for TensorBoard, where that is wanted.
    private let events: EventFile?

    /// Opens the files, without the epochs that a killed run finished after its last checkpoint.
    ///
    /// - Throws: `FileError` or ``LocalizationError/runFolder(path:problem:)``.
    init(run: RunFolder, keepingThrough epoch: Int, writesEvents: Bool) throws {
        self.run = run
        metrics = try RunLog(path: run.metrics, key: "epoch", keepingThrough: epoch)
        events = writesEvents ? EventFile(run: run) : nil
        try events?.begin(metrics.entries())
    }

    /// How many epochs a run has finished.
    ///
    /// - Throws: as ``init(run:keepingThrough:writesEvents:)``.
    static func epochs(in run: RunFolder) throws -> Int {
        try RunLog(path: run.metrics, key: "epoch", keepingThrough: .max).entries(Epoch.self).map(\.epoch).max() ?? 0
    }

    /// Adds an epoch. Its line for programs is safe on the disk afterwards, because the checkpoint that follows counts on it.
    func record(_ epoch: Epoch) throws {
        try metrics.append(epoch)
        try events?.append(epoch)
        let line = "\(Date().formatted(.iso8601)) \(Self.describe(epoch))\n"
        try DurableFile.append(Data(line.utf8), to: run.log)
        try metrics.synchronize()
    }

    static func describe(_ epoch: Epoch) -> String {
        var text = "epoch \(epoch.epoch): loss \(fixed(epoch.loss, 4))"
        for (name, value) in epoch.terms.sorted(by: { $0.key < $1.key }) { text += ", \(name) \(fixed(value, 4))" }
        text += ", \(fixed(epoch.seconds, 1)) s"
        if let map = epoch.averageMAP { text += ", average mAP \(fixed(100 * map, 2)) %" }
        return text
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        value.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}
