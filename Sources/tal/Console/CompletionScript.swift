import Foundation

/// The completion scripts of the parser, with files beside names: an encoder, a configuration or a protocol is either.
enum CompletionScript {
    /// Values that are names and never files.
    private static let namesOnly = ["-subset ", "--subset ", "--dataset "]

    /// - Parameter script: of bash, zsh or fish; another text is given back as it is.
    static func withFiles(_ script: String) -> String {
        guard script.contains("---completion ") else { return script }
        // fish 3 knows no cursor where it is asked for completions without a terminal; the length up to it says the same.
        let script = script.replacing("(__tal_tokens -tC)", with: "(string length -- \"$(commandline -ct)\")")
        return script.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let line = String(line)
            guard line.contains("---completion "), !namesOnly.contains(where: line.contains) else { return line }
            if line.contains("__tal_add_completions -W \"$(__tal_custom_complete ") {
                return line + "\n" + line.prefix { $0 == " " } + "__tal_add_completions -f"
            }
            if line.contains(":{__tal_custom_complete ") {
                return line.replacing(
                    "\"$(__tal_cursor_index_in_current_word)\"}",
                    with: "\"$(__tal_cursor_index_in_current_word)\"; _files}")
            }
            return line.replacing("fka '(__tal_custom_completion ", with: "Fka '(__tal_custom_completion ")
        }.joined(separator: "\n")
    }
}
