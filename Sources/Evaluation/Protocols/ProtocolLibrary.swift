import Configuration
package import Files
import Foundation

extension EvaluationProtocol {
    /// The names of the protocols that come with the toolkit.
    public static var builtInNames: [String] { BuiltInProtocols.texts.keys.sorted() }

    /// The protocol of a file, or else the one of that name that comes with the toolkit.
    ///
    /// A file may use every key that ``EvaluationProtocol`` has; it needs `name`, `subset` and `tiou`.
    ///
    /// - Throws: ``EvaluationError/unknownProtocol(asked:known:)``, or `ConfigurationError` for a faulty file.
    public static func named(_ nameOrPath: String) throws -> EvaluationProtocol {
        if !isFile(nameOrPath), let text = BuiltInProtocols.texts[nameOrPath] {
            return try ConfigurationFile.decode(from: text, file: nameOrPath)
        }
        guard FileManager.default.fileExists(atPath: nameOrPath) else {
            throw EvaluationError.unknownProtocol(asked: nameOrPath, known: builtInNames)
        }
        return try ConfigurationFile.load(from: nameOrPath)
    }

    /// What is said where a file of the user has the name of a protocol that comes with the toolkit, and is used.
    package static func notice(ofFileNamed name: String) -> Notice? {
        guard isFile(name), BuiltInProtocols.texts[name] != nil else { return nil }
        return Notice("own-file", "'\(name)' in this folder is used, not the protocol of that name that comes with tal")
    }

    /// Whether a name is that of a file, and not of a folder.
    static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
