import Files
import Foundation

/// A file of one JSON object a line, to which a run adds as it goes.
///
/// Nothing in it depends on the clock, so that a resumed run writes the same file as one that was never stopped.
final class MetricsLog {
    private let handle: FileHandle
    private let path: String

    /// Opens the file of a new run, or of a resumed one, of which lines after `step` are dropped.
    ///
    /// - Throws: ``FileError``
    init(path: String, resumingAfter step: Int?) throws(FileError) {
        var kept: [String] = []
        if let step, let text = try? String(contentsOfFile: path, encoding: .utf8) {
            kept = text.split(separator: "\n").map(String.init).filter { line in
                struct Line: Decodable { var step: Int }
                guard let found = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else { return false }
                return found.step <= step
            }
        }
        let text = kept.map { $0 + "\n" }.joined()
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.seekToEnd()
        } catch {
            throw FileError.unwritable(path: path, reason: "cannot be written")
        }
        self.path = path
    }

    /// Adds a line; keys are sorted.
    ///
    /// - Throws: ``FileError``
    func append(_ values: [String: Double]) throws(FileError) {
        let fields = values.sorted { $0.key < $1.key }.filter(\.value.isFinite).map { key, value in
            let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
            return "\"\(key)\":\(number)"
        }
        do {
            try handle.write(contentsOf: Data("{\(fields.joined(separator: ","))}\n".utf8))
        } catch {
            throw FileError.unwritable(path: path, reason: "cannot be written")
        }
    }

    deinit { try? handle.close() }
}
