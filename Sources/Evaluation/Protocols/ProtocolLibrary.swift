import Configuration
import Foundation

extension EvaluationProtocol {
    /// The names of the protocols that come with the toolkit.
    public static var builtInNames: [String] { BuiltInProtocols.texts.keys.sorted() }

    /// The protocol of a name that comes with the toolkit, or of a file.
    ///
    /// A file may use every key that ``EvaluationProtocol`` has; it needs `name`, `subset` and `tiou`.
    ///
    /// - Throws: ``EvaluationError/unknownProtocol(asked:known:)``, or `ConfigurationError` for a faulty file.
    public static func named(_ nameOrPath: String) throws -> EvaluationProtocol {
        if let text = BuiltInProtocols.texts[nameOrPath] {
            return try ConfigurationFile.decode(from: text, file: nameOrPath)
        }
        guard FileManager.default.fileExists(atPath: nameOrPath) else {
            throw EvaluationError.unknownProtocol(asked: nameOrPath, known: builtInNames)
        }
        return try ConfigurationFile.load(from: nameOrPath)
    }
}
