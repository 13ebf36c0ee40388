import ArgumentParser
import Foundation
import TestSupport

@testable import tal

/// A command line that the documentation or a help text shows.
struct ShownCommand: CustomStringConvertible, Sendable {
    /// Where it stands.
    let origin: String
    /// As it is shown, on one line.
    let text: String
    /// Whether it may leave out what it is not about, as within a sentence.
    let isPartial: Bool

    var description: String { "\(origin): \(text)" }

    /// The words of the command line up to a pipe, a redirection or a comment, quotes taken off, the first word included.
    var words: [String] {
        var words: [String] = [], word: String?, quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + [character] }
            } else if character == "\"" || character == "'" {
                (quote, word) = (character, word ?? "")
            } else if character == " " {
                if let finished = word { words.append(finished) }
                word = nil
            } else if "|;&><".contains(character) || (character == "#" && word == nil) {
                break
            } else {
                word = (word ?? "") + [character]
            }
        }
        if let word { words.append(word) }
        return words
    }

    // MARK: - Where they are found

    /// The Markdown files that show command lines.
    static let documents: [String] = {
        var paths = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
        for folder in ["docs", "eval", "models"] {
            let found = FileManager.default.enumerator(atPath: Checkout.url(folder).path)
            while let path = found?.nextObject() as? String {
                if path.hasSuffix(".md") { paths.append("\(folder)/\(path)") }
            }
        }
        return paths.sorted()
    }()

    /// The command lines of a Markdown file: those of its blocks, and those between single backticks.
    ///
    /// - Parameter program: what they begin with, such as `tal ` or `scripts/`.
    static func all(in document: String, beginningWith program: String) throws -> [ShownCommand] {
        let url = Checkout.url(document)
        var found = try CodeBlock.all(in: url).flatMap { block in
            lines(block.lines, origin: "\(document):\(block.line)", beginningWith: program)
        }
        // Between backticks and in blocks without fences.
        var isInside = false
        for (index, line) in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n").enumerated() {
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isInside.toggle() }
            if isInside { continue }
            for (number, piece) in line.components(separatedBy: "`").enumerated() where number % 2 == 1 {
                if piece.hasPrefix(program) {
                    found.append(ShownCommand(origin: "\(document):\(index + 1)", text: piece, isPartial: true))
                }
            }
        }
        return found
    }

    /// The command lines among some lines; a backslash at the end of a line joins it with the next.
    private static func lines(_ lines: [String], origin: String, beginningWith program: String) -> [ShownCommand] {
        var commands: [ShownCommand] = [], whole = ""
        for line in lines {
            whole += line.trimmingCharacters(in: .whitespaces)
            if whole.hasSuffix("\\") {
                whole = whole.dropLast().trimmingCharacters(in: .whitespaces) + " "
                continue
            }
            if whole.hasPrefix(program) { commands.append(ShownCommand(origin: origin, text: whole, isPartial: false)) }
            whole = ""
        }
        return commands
    }

    /// The command lines of the help texts of a command and of those below it.
    static func help(of command: any ParsableCommand.Type = Tal.self) -> [ShownCommand] {
        let configuration = command.configuration
        let name = configuration.commandName ?? "\(command)"
        let own = lines(
            configuration.discussion.components(separatedBy: "\n"), origin: "help of \(name)",
            beginningWith: "tal ")
        return own + configuration.subcommands.flatMap { help(of: $0) }
    }
}
