import Foundation

/// A JSON value to be written; objects keep the order of their members.
public enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// The text, indented by two spaces a level; lists of plain values stay on one line. A number that is not finite, which
    /// JSON cannot say, becomes `null`.
    public func text(indentation: Int = 0) -> String {
        let inner = String(repeating: "  ", count: indentation + 1), outer = String(repeating: "  ", count: indentation)
        switch self {
        case .null: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .number(let value):
            guard value.isFinite else { return "null" }
            return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
        case .string(let value): return JSONText.quoted(value)
        case .array(let values):
            let parts = values.map { $0.text(indentation: indentation + 1) }
            guard values.contains(where: \.isContainer) else { return "[" + parts.joined(separator: ", ") + "]" }
            return "[\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let parts = members.map { "\(JSONText.quoted($0)): \($1.text(indentation: indentation + 1))" }
            if !members.contains(where: { $0.1.isContainer }) && parts.reduce(0, { $0 + $1.utf8.count }) < 100 {
                return "{" + parts.joined(separator: ", ") + "}"
            }
            return "{\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n\(outer)}"
        }
    }

    private var isContainer: Bool {
        switch self {
        case .array, .object: return true
        default: return false
        }
    }

    /// Writes the text to a temporary name that is then renamed.
    public func write(to path: String) throws(FileError) {
        try AtomicFile.write(text() + "\n", to: path)
    }
}
