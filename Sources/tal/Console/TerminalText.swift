/// Text from files, such as ids and labels, made safe to show.
enum TerminalText {
    /// Control characters as `\u{1B}`, which a terminal would otherwise obey; line feeds and tabs stay unless told otherwise.
    static func escaped(_ text: String, keepsLines: Bool = true) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0, keepsLines: keepsLines) }) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar, keepsLines: keepsLines) {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar, keepsLines: Bool) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: !keepsLines
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

/// Writes a line of results to standard output. It takes the place of Swift's own everywhere in the program, so that no text
/// from a file reaches a terminal as it is.
func print(_ value: some CustomStringConvertible) { Swift.print(TerminalText.escaped(value.description)) }
