import Configuration
package import Files
import Foundation

extension EvaluationProtocol {
    /// The names of the protocols that come with the toolkit.
    public static var builtInNames: [String] { BuiltInProtocols.texts.keys.sorted() }

    /// The protocol in a file, or the built-in one of that name.
    ///
    /// A file may use every key that ``EvaluationProtocol`` has; it needs `name`, `subset` and `tiou`.
    ///
    /// - Throws: ``EvaluationError/unknownProtocol(asked:known:)``, or `ConfigurationError` for a faulty file.
    public static func named(_ nameOrPath: String) throws -> EvaluationProtocol {
        if PathKind(nameOrPath) != .file, let text = BuiltInProtocols.texts[nameOrPath] {
            return try ConfigurationFile.decode(from: text, file: nameOrPath)
        }
        guard PathKind(nameOrPath) != .missing else {
            throw EvaluationError.unknownProtocol(asked: nameOrPath, known: builtInNames)
        }
        return try ConfigurationFile.load(from: nameOrPath)
    }

    /// The notice for a user's file that has the name of a protocol that comes with the toolkit, and is used instead.
    package static func notice(ofFileNamed name: String) -> Notice? {
        guard PathKind(name) == .file, BuiltInProtocols.texts[name] != nil else { return nil }
        return Notice("own-file", "'\(name)' in this folder is used, not the protocol of that name that comes with tal")
    }

}
