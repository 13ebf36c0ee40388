/// Text inside XML and WebVTT, where a few characters are written as entities.
enum MarkupText {
    private static let named: [Substring: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}",
    ]

    /// The text with its entities replaced; nil for one that is not known.
    static func decoded(_ text: String) -> String? {
        var result = "", rest = text[...]
        while let begin = rest.firstIndex(of: "&") {
            result += rest[..<begin]
            rest = rest[rest.index(after: begin)...]
            guard let end = rest.prefix(12).firstIndex(of: ";") else { return nil }
            let name = rest[..<end]
            rest = rest[rest.index(after: end)...]
            let scalar: Unicode.Scalar?
            if name.hasPrefix("#x") {
                scalar = UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
            } else if name.hasPrefix("#") {
                scalar = UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
            } else {
                scalar = named[name]
            }
            guard let scalar else { return nil }
            result.unicodeScalars.append(scalar)
        }
        return result + rest
    }

    /// The text with `& < > "` as entities.
    static func encoded(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 || $0 < 0x20 }) else {
            return text
        }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\r", "\t": result += "&#\(scalar.value);"
            // XML has no way to write the other control characters.
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
