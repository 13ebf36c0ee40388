import Foundation
import VideoTasks

/// A line about an epoch of fine-tuning; epoch 0 is the frozen encoder.
enum EpochLine {
    static func text(epoch: Int, loss: Double, accuracy: Double, skipped: Int) -> String {
        let start = epoch == 0 ? "frozen" : "epoch \(epoch): loss \(String(format: "%.3f", loss))"
        let end = skipped > 0 ? "; \(skipped) samples could not be read" : ""
        return "\(start), validation top-1 \(String(format: "%.2f", 100 * accuracy)) %\(end)"
    }
}

extension Recognizer.EpochReport {
    var line: String { EpochLine.text(epoch: epoch, loss: loss, accuracy: accuracy, skipped: skipped) }
}

extension AnswerTrainer.EpochReport {
    var line: String { EpochLine.text(epoch: epoch, loss: loss, accuracy: accuracy, skipped: skipped) }
}
