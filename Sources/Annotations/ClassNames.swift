import Files
import Foundation

/// Names of classes that annotations give by number: a text with a name a line, a table (`id,key`, as EPIC-Kitchens has), `c000 name` as
/// Charades has, or JSON (a list, or numbers by name, or names by number).
public struct ClassNames: Sendable {
    /// By the number, or whatever stands in its place.
    private var names: [String: String] = [:]
    /// Whether the file gave only an order, so that counting may begin at 0 or 1.
    private var isOrdered = false
    private var count = 0

    /// - Throws: `FileError` when the file is unreadable, empty or of none of these forms.
    public init(contentsOf path: String) throws {
        let file = try SourceFile(path: path)
        switch file.sketch.top {
        case .array, .object: try read(file.tree(), path)
        case .other: try read(CSVTable(path: path, bytes: file.bytes()))
        }
        guard !names.isEmpty else { throw FileError.malformed(path: path, problem: "no names of classes") }
    }

    /// - Throws: `FileError` where a number has a name already, which is another.
    private mutating func add(_ name: String, of number: String, _ path: String) throws(FileError) {
        if let other = names.updateValue(name, forKey: number), other != name {
            throw .malformed(path: path, problem: "the class \(number) has two names, '\(other)' and '\(name)'")
        }
    }

    private mutating func read(_ tree: JSONTree, _ path: String) throws(FileError) {
        for (index, value) in tree.elements.enumerated() { names[String(index)] = value.text }
        isOrdered = !tree.elements.isEmpty
        for (key, value) in tree.members {
            if case .number(let number) = value {
                try add(key, of: JSONTree.text(of: number), path)
            } else if let text = value.text {
                try add(text, of: key, path)
            }
        }
        count = names.count
    }

    private mutating func read(_ table: CSVTable) throws(FileError) {
        let header = table.header.map { $0.lowercased() }
        if let id = header.firstIndex(where: {
            ["id", "index", "class", "number", "label_id", "class_id"].contains($0)
        }),
            let key = header.firstIndex(where: {
                ["key", "name", "label", "action", "class_name", "verb", "noun"].contains($0)
            }), id != key
        {
            for row in table.rows where row.count > max(id, key) {
                try add(TextDecoding.trimmed(row[key]), of: TextDecoding.trimmed(row[id]), table.path)
            }
            count = names.count
            return
        }
        let hasHeader =
            header.count == 1 && ["action", "class", "label", "name", "classes", "labels"].contains(header[0])
        for row in (hasHeader ? [] : [table.header]) + table.rows {
            let line = TextDecoding.trimmed(row.joined(separator: ","))
            if let match = line.wholeMatch(of: /(c?\d+)[\s,;:]+(.+)/) {
                try add(String(match.output.2), of: String(match.output.1), table.path)
            } else if !line.isEmpty {
                names[String(count)] = line
                isOrdered = true
            }
            count += 1
        }
        // Left out, an empty line would move the numbers of all names after it.
        let lines = (hasHeader ? [] : [table.headerLine]) + table.lines
        if isOrdered, let gap = zip(lines, lines.dropFirst()).first(where: { $0 + 1 < $1 }) {
            throw .malformed(path: table.path, line: gap.0 + 1, problem: "an empty line between names of classes")
        }
    }

    /// Annotations with names instead of numbers.
    ///
    /// - Parameters:
    ///   - tables: one, or those of verbs and nouns for pairs such as `0,2`.
    ///   - set: the annotations, whose labels are numbers.
    /// - Returns: the set, and the labels that no table names, which stay.
    public static func apply(_ tables: [ClassNames], to set: AnnotationSet) -> (set: AnnotationSet, unnamed: [String]) {
        guard let first = tables.first else { return (set, []) }
        // A list counts from 1 where its length is a number in use and 0 is not.
        let fromOne = first.isOrdered && !set.labels.contains("0") && set.labels.contains(String(first.count))
        var renamed: [String: String] = [:], unnamed: [String] = []
        for label in set.labels {
            let parts = tables.count > 1 ? label.split(separator: ",").map(String.init) : [label]
            let found = zip(parts, tables).map { part, table in
                table.names[fromOne ? Int(part).map { String($0 - 1) } ?? part : part]
            }
            if parts.count == tables.count, !found.contains(nil) {
                renamed[label] = found.compactMap { $0 }.joined(separator: " ")
            } else if !Set(first.names.values).contains(label) {
                unnamed.append(label)
            }
        }
        var result = set
        result.labels = []
        var seen: Set<String> = []
        for label in set.labels.map({ renamed[$0] ?? $0 }) where seen.insert(label).inserted {
            result.labels.append(label)
        }
        for video in result.videos.indices {
            for item in result.videos[video].segments.indices {
                let label = result.videos[video].segments[item].label
                result.videos[video].segments[item].label = renamed[label] ?? label
            }
        }
        if set.labelOrder == .alphabetical { result.labels.sort(by: AnnotationSet.bytewise) }
        return (result, unnamed)
    }
}
