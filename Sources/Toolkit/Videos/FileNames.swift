import Foundation

/// Names of files that are made from texts of any kind: safe on every file system, and each given once.
struct FileNames {
    private var taken: Set<String> = []

    /// Bytes of a part; a name may have 255.
    private static let mostBytes = 70

    /// A name from parts, joined by `_`; where it was given before, a number follows.
    ///
    /// - Parameter ending: the extension.
    mutating func name(_ parts: [String], ending: String) -> String {
        let stem = parts.map(Self.safe).joined(separator: "_")
        var candidate = stem, number = 1
        // Some file systems take letters of both cases for one.
        while !taken.insert(candidate.lowercased()).inserted {
            number += 1
            candidate = "\(stem)_\(number)"
        }
        return "\(candidate).\(ending)"
    }

    /// Letters and digits of any script, `.`, `-` and `_`; everything else becomes `_`.
    static func safe(_ text: String) -> String {
        var result = ""
        for character in text.precomposedStringWithCanonicalMapping {
            let isKept = character.isLetter || character.isNumber || "-_.".contains(character)
            let next = isKept ? String(character) : "_"
            guard result.utf8.count + next.utf8.count <= mostBytes else { break }
            result += next
        }
        // Names that begin with these are hidden, or look like options.
        if let first = result.first, ".-".contains(first) { result = "_" + result.dropFirst() }
        return result.isEmpty ? "_" : result
    }
}
