public import Files
import Foundation

/// A file with one JSON object per line, which a run extends as it proceeds; programs read it.
///
/// Keys are sorted and in snake case. A run that resumes from a checkpoint first drops the lines that were written after it.
public struct RunLog: Sendable {
    public let path: String

    /// Opens the log of a run.
    ///
    /// - Parameters:
    ///   - path: the file; made where it is missing.
    ///   - key: the number that every line has and that grows, such as `step`.
    ///   - last: the greatest number that is kept; lines that cannot be read are dropped too. 0 starts an empty log.
    /// - Throws: `FileError`
    public init(path: String, key: String, keepingThrough last: Int) throws(FileError) {
        self.path = path
        let kept = last > 0 ? Self.lines(of: path).filter { Self.number(key, in: $0).map { $0 <= last } ?? false } : []
        try AtomicFile.write(kept.map { $0 + "\n" }.joined(), to: path, durable: true)
    }

    /// Adds a line.
    ///
    /// - Throws: `FileError.unwritable`, or what encoding throws.
    public func append(_ entry: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try DurableFile.append(encoder.encode(entry) + Data("\n".utf8), to: path)
    }

    /// Synchronises the lines so far with the disk. Call it before writing the checkpoint that relies on them.
    ///
    /// - Throws: `FileError.unwritable`.
    public func synchronize() throws(FileError) { try DurableFile.synchronize(path) }

    /// The lines so far.
    ///
    /// - Throws: what decoding throws.
    public func entries<Entry: Decodable>(_ type: Entry.Type = Entry.self) throws -> [Entry] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try Self.lines(of: path).map { try decoder.decode(Entry.self, from: Data($0.utf8)) }
    }

    private static func lines(of path: String) -> [String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    private static func number(_ key: String, in line: String) -> Int? {
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return (object?[key] as? NSNumber)?.intValue
    }
}
