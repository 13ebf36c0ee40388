import Files
import Foundation
import Synchronization

/// Everything a command says to the person, on standard error: progress, notes and warnings. Results go to standard output.
///
/// On a terminal progress is one line that is redrawn; in a pipe it is a plain line now and then.
final class Console: Sendable {
    /// How progress is shown.
    enum Style: Equatable, Sendable {
        /// One line that is redrawn, at most `width` columns wide.
        case terminal(width: Int, colour: Bool)
        /// A line when a task ends and every few seconds before that.
        case plain
        /// Nothing but warnings and errors.
        case quiet
    }

    /// What is written of progress.
    enum Progress: String, CaseIterable, Sendable {
        /// As the style has it.
        case auto
        /// Plain lines, on a terminal too.
        case plain
        /// A JSON object a line, also for notes and warnings.
        case json
        /// Nothing; notes are written all the same.
        case none
    }

    let style: Style
    let progress: Progress
    /// Whether every failed item has a line, and lines say when they were written.
    let isVerbose: Bool
    private let start = ProcessInfo.processInfo.systemUptime
    private let write: @Sendable (String) -> Void
    /// Whether a progress line is on the screen and must be wiped before other text.
    private let hasOpenLine = Mutex(false)

    /// - Parameters:
    ///   - style: how progress is shown.
    ///   - progress: what is written of it.
    ///   - isVerbose: whether to say more.
    ///   - write: receives the text; standard error unless a test wants it.
    init(
        style: Style, progress: Progress = .auto, isVerbose: Bool = false,
        write: @escaping @Sendable (String) -> Void = Console.writeToStandardError
    ) {
        self.style = style
        self.progress = progress
        self.isVerbose = isVerbose
        self.write = write
    }

    /// What standard error is: a terminal (its width, and colour unless `NO_COLOR` is set) or something else.
    static func detectStyle(environment: [String: String] = ProcessInfo.processInfo.environment) -> Style {
        guard isatty(STDERR_FILENO) == 1, environment["TERM"] != "dumb" else { return .plain }
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let allowsColour = environment["NO_COLOR", default: ""].isEmpty
        return .terminal(width: isKnown ? Int(size.ws_col) : 80, colour: allowsColour)
    }

    /// Writes to standard error, whole, without buffering.
    static let writeToStandardError: @Sendable (String) -> Void = { text in
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// A line of information; silent when quiet.
    func note(_ text: String) {
        guard style != .quiet else { return }
        let seconds = ProcessInfo.processInfo.systemUptime - start
        print(line: isVerbose ? "[\(ResultText.number(seconds, 1)) s] \(text)" : text)
    }

    /// A line that is shown even when quiet.
    func warn(_ text: String) {
        guard progress != .json else { return print(.object([("warning", .string(text))])) }
        print(line: "tal: warning: \(text)")
    }

    /// A line that is shown even when quiet, without a prefix.
    func print(line: String) {
        guard progress != .json else { return print(.object([("message", .string(line))])) }
        let line = TerminalText.escaped(line)
        hasOpenLine.withLock { isOpen in
            write((isOpen ? Self.wipe : "") + line + "\n")
            isOpen = false
        }
    }

    /// A JSON object on a line of its own.
    func print(_ value: JSONValue) { write(value.line + "\n") }

    /// Redraws the progress line; only on a terminal.
    func draw(_ line: String) {
        hasOpenLine.withLock { isOpen in
            write(Self.wipe + line)
            isOpen = true
        }
    }

    /// Removes the progress line.
    func wipeLine() {
        hasOpenLine.withLock { isOpen in
            if isOpen { write(Self.wipe) }
            isOpen = false
        }
    }

    private static let wipe = "\r\u{1B}[2K"
}

extension JSONValue {
    /// The text on one line.
    fileprivate var line: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(JSONValue.string($0).text()): \($1.line)" }.joined(separator: ", ") + "}"
        case .array(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
        default: text()
        }
    }
}
