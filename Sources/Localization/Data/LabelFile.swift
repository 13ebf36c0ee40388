import Files
import Foundation

/// A list of class names, one a line; a label's index is the number of its line, from 0.
public enum LabelFile {
    /// Reads the names; blank lines at the end are ignored.
    ///
    /// - Throws: ``LocalizationError/labels(file:problem:)``
    public static func read(_ path: String) throws(LocalizationError) -> [String] {
        let text: String
        do throws(FileError) {
            text = try TextFile.read(path)
        } catch {
            throw .labels(
                file: path,
                problem: error == .missing(path: path) ? "does not exist" : "cannot be read: \(error.reason)")
        }
        var labels = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        while labels.last?.isEmpty == true { labels.removeLast() }
        guard !labels.isEmpty else { throw .labels(file: path, problem: "is empty") }
        var lines: [String: Int] = [:]
        for (index, label) in labels.enumerated() {
            guard !label.isEmpty else { throw .labels(file: path, problem: "has an empty line \(index + 1)") }
            if let earlier = lines.updateValue(index + 1, forKey: label) {
                throw .labels(file: path, problem: "has '\(label)' in lines \(earlier) and \(index + 1)")
            }
        }
        return labels
    }

    /// Writes the names.
    ///
    /// - Throws: ``LocalizationError/labels(file:problem:)``, also for a name that does not fit on a line.
    public static func write(_ labels: [String], to path: String) throws(LocalizationError) {
        if let odd = labels.first(where: { $0.isEmpty || $0.contains(where: \.isNewline) }) {
            throw .labels(file: path, problem: "cannot hold the label '\(odd)', which is empty or has a line break")
        }
        if let odd = labels.first(where: { $0 != $0.trimmingCharacters(in: .whitespaces) }) {
            throw .labels(
                file: path,
                problem: "cannot hold the label '\(odd)', which begins or ends with a space; fix the annotations")
        }
        do throws(FileError) {
            try AtomicFile.write(labels.joined(separator: "\n") + "\n", to: path, durable: true)
        } catch {
            throw .labels(file: path, problem: "cannot be written (\(error.reason))")
        }
    }
}
