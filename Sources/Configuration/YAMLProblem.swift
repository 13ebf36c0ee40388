internal import Yams

/// What is wrong with a YAML text, in a few words that say where.
enum YAMLProblem {
    /// - Parameters:
    ///   - error: what the parser threw.
    ///   - text: what it was given.
    static func text(of error: any Error, in text: String) -> String {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            // The parser has no words for what goes too deep.
            "line \(mark.line), column \(mark.column): \(problem.isEmpty ? "nested too deep" : problem)"
        case YamlError.reader(let problem, _, let value, _):
            "line \(line(of: value, in: text)): \(problem)"
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            "line \(context.mark.line): the key '\(duplicates.sorted().first ?? "")' is given twice"
        default:
            String(describing: error).split(separator: "\n").first.map(String.init) ?? "unknown error"
        }
    }

    /// The line, from 1, of the first character with a code.
    private static func line(of code: Int32, in text: String) -> Int {
        1 + text.unicodeScalars.prefix { $0.value != UInt32(bitPattern: code) }.count { $0 == "\n" }
    }
}
