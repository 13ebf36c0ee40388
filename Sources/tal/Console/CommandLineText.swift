/// The command line as a person would type it.
enum CommandLineText {
    /// The present call.
    ///
    /// - Parameters:
    ///   - option: a flag that is added unless it is there.
    ///   - unwanted: options that are left out with their values.
    ///   - flags: flags that are left out.
    static func present(
        adding option: String? = nil, leavingOut unwanted: [String] = [], withoutFlags flags: [String] = [],
        _ arguments: [String] = CommandLine.arguments
    ) -> String {
        var words: [String] = []
        var isValue = false
        for word in arguments {
            let isLeftOut = isValue || unwanted.contains { word == $0 || word.hasPrefix($0 + "=") }
            isValue = !isValue && unwanted.contains(word)
            if !isLeftOut, !flags.contains(word) { words.append(word) }
        }
        if let option, !words.contains(option) {
            // After a lone `--` it would be an argument.
            words.insert(option, at: words.firstIndex(of: "--") ?? words.endIndex)
        }
        return words.map(quoted).joined(separator: " ")
    }

    /// A word as a shell reads it.
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-./=:,@%+".utf8.contains(byte) || byte >= 0x80
            }
        }
        guard word.isEmpty || !plain else { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
