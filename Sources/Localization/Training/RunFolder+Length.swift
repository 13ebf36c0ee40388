import Configuration
import Foundation

extension RunFolder {
    /// Notes that the run has another length now.
    ///
    /// - Throws: ``LocalizationError/runFolder(path:problem:)`` where it has come further already, or `FileError`.
    func lengthen(to settings: LocalizationSettings) throws {
        let done = try TrainingLog.epochs(in: self)
        guard settings.training.totalEpochs >= done else {
            throw LocalizationError.runFolder(
                path: path,
                problem:
                    "has \(done) epochs already, and training.epochs with training.warmup_epochs is \(settings.training.totalEpochs)"
            )
        }
        try write(Data(ConfigurationFile.encode(settings).utf8), to: configuration)
    }
}
