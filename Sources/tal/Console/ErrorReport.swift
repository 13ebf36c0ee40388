import ArgumentParser
import Configuration
import Foundation

/// How an error that reaches the top is shown, and the exit status that follows from it.
struct ErrorReport: Equatable {
    /// What goes to standard error; may be empty.
    var message = ""
    /// What goes to standard output: help and version.
    var output = ""
    var status: Int32

    /// - Parameters:
    ///   - error: what a command, or the parsing of its arguments, threw.
    ///   - command: the root command, which knows how to describe usage.
    init(_ error: any Error, command: (some ParsableCommand).Type) {
        let code = command.exitCode(for: error)
        if error is ExitCode {
            status = code.rawValue
        } else if code == .success {
            output = command.fullMessage(for: error)
            status = code.rawValue
        } else if code == .validationFailure {
            let text = command.fullMessage(for: error)
            message = "tal: " + (text.hasPrefix("Error: ") ? String(text.dropFirst("Error: ".count)) : text)
            status = CommandStatus.wrongUsage.rawValue
        } else if String(describing: type(of: error)) == "CommandError" {
            // The parser wraps what `validate()` threw, and only it can unwrap that.
            message = "tal: " + command.message(for: error)
            status = CommandStatus.wrongUsage.rawValue
        } else {
            message = "tal: " + TerminalText.escaped(Self.text(of: error))
            switch error {
            case ConfigurationError.malformedOverride, ConfigurationError.invalidOverride,
                ConfigurationError.malformedGrid, ConfigurationError.invalidGrid:
                status = CommandStatus.wrongUsage.rawValue
            default: status = CommandStatus.nothingDone.rawValue
            }
        }
    }

    /// Says what is wrong in other words; the usage below stays.
    mutating func replaceFirstLine(with text: String) {
        let rest = message.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        message = (["tal: " + TerminalText.escaped(text)] + rest).joined(separator: "\n")
    }

    /// The error in one line, with the options that help.
    static func text(of error: any Error) -> String {
        guard let advice = Advice.text(for: error) else { return fact(of: error) }
        return "\(fact(of: error)) (\(advice))"
    }

    /// A text from a file can have any length, but people must be able to read an error.
    private static func shortened(_ text: String) -> String {
        let most = 2_000
        guard text.count > most else { return text }
        return "\(text.prefix(most / 2)) … \(text.suffix(most / 2))"
    }

    private static func fact(of error: any Error) -> String {
        let text: String
        if let localized = error as? any LocalizedError, let description = localized.errorDescription {
            text = description
        } else if type(of: error) == NSError.self || error is CocoaError {
            // Their `description` is a dump of domain, code and user info.
            text = error.localizedDescription
        } else {
            text = String(describing: error)
        }
        return shortened(
            text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(
                separator: "; "))
    }
}
