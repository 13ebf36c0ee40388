public import Foundation

/// The code blocks of a Markdown file, which tests compare with code that is compiled and with commands that are parsed.
public struct CodeBlock: Sendable {
    /// The word behind the opening fence, such as `swift`; empty where there is none.
    public let language: String
    /// The number of its first line in the file, from 1.
    public let line: Int
    public let lines: [String]

    /// All blocks of a file.
    public static func all(in url: URL) throws -> [CodeBlock] {
        var blocks: [CodeBlock] = []
        var language = "", start = 0, indent = 0
        // Those of the open block; nil outside of blocks.
        var content: [String]?
        let text = try String(contentsOf: url, encoding: .utf8)
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            let trimmed = line.drop { $0 == " " }
            if !trimmed.hasPrefix("```") {
                content?.append(String(line.dropFirst(min(indent, line.count - trimmed.count))))
            } else if let lines = content {
                blocks.append(CodeBlock(language: language, line: start, lines: lines))
                content = nil
            } else {
                (language, start, indent) = (String(trimmed.dropFirst(3)), index + 2, line.count - trimmed.count)
                content = []
            }
        }
        return blocks
    }

    /// The blocks of one language in a file of the repository that are not, indentation apart, consecutive lines of one of
    /// some source files.
    public static func strangers(_ language: String, in document: String, to sources: [String]) throws -> [CodeBlock] {
        let known = try sources.map { path in
            stripped(try String(contentsOf: Checkout.url(path), encoding: .utf8).components(separatedBy: "\n"))
        }
        return try all(in: Checkout.url(document)).filter { block in
            let wanted = stripped(block.lines)
            return block.language == language && !known.contains { $0.contains(wanted) }
        }
    }

    /// Without indentation, and without empty lines.
    private static func stripped(_ lines: [String]) -> [String] {
        lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
