import Files
import Foundation
import Synchronization

/// The progress of one task: a bar with rate and time left on a terminal, plain lines now and then in a pipe.
///
/// Libraries know nothing of this type. They take a closure `(_ completed: Int, _ total: Int) -> Void`, for which
/// ``handler`` serves.
///
/// ```swift
/// let bar = ProgressBar("train", unit: "steps", console: console)
/// try trainer.run(progress: bar.handler)
/// bar.finish()
/// ```
final class ProgressBar: Sendable {
    private let label: String
    private let unit: String
    private let console: Console
    private let now: @Sendable () -> Double
    private let state: Mutex<State>

    private struct State {
        var meter: RateMeter
        var completed = 0.0
        var total: Double?
        var detail = ""
        var lastShown: Double
    }

    /// Seconds between two redraws on a terminal.
    private static let redrawInterval = 0.1
    /// Seconds between two lines in a pipe.
    private static let lineInterval = 10.0
    /// Seconds between two JSON objects.
    private static let objectInterval = 1.0

    /// - Parameters:
    ///   - label: what is being done, such as `extract`.
    ///   - unit: what is counted, such as `videos`.
    ///   - total: how many there are, where known.
    ///   - console: where it is shown.
    ///   - now: a clock in seconds.
    init(
        _ label: String, unit: String, total: Int? = nil, console: Console,
        now: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        self.label = label
        self.unit = unit
        self.console = console
        self.now = now
        let start = now()
        state = Mutex(State(meter: RateMeter(start: start), total: total.map(Double.init), lastShown: start))
    }

    /// What a library calls to report progress.
    var handler: @Sendable (_ completed: Int, _ total: Int) -> Void {
        { [self] completed, total in update(completed: Double(completed), total: Double(total)) }
    }

    /// Reports progress.
    ///
    /// - Parameters:
    ///   - completed: how much is done, parts of a unit included.
    ///   - total: how much there is; `nil` keeps what was known.
    ///   - detail: what is being worked on, such as the name of a video; `nil` keeps what was shown.
    func update(completed: Double, total: Double? = nil, detail: String? = nil) {
        let time = now()
        let line = state.withLock { state -> String? in
            state.completed = completed
            state.total = total ?? state.total
            state.detail = detail ?? state.detail
            state.meter.record(completed, at: time)
            let interval: Double
            switch console.style {
            case .terminal: interval = Self.redrawInterval
            case .plain: interval = console.progress == .json ? Self.objectInterval : Self.lineInterval
            case .quiet: return nil
            }
            guard console.progress != .none, time - state.lastShown >= interval else { return nil }
            state.lastShown = time
            if console.progress == .json {
                console.print(value(state, isFinished: false))
                return nil
            }
            return Self.describe(state, label: label, unit: unit, style: console.style)
        }
        guard let line else { return }
        if case .terminal = console.style { console.draw(line) } else { console.print(line: line) }
    }

    /// Work that was found already done: it counts as progress but not towards the rate.
    func startingPoint(_ completed: Int) {
        let time = now()
        state.withLock { state in
            state.completed = Double(completed)
            state.meter = RateMeter(start: time, completed: Double(completed))
        }
    }

    /// Ends the task: the bar goes, and one line says how much was done in what time.
    func finish() {
        console.wipeLine()
        guard console.progress != .none else { return }
        if console.progress == .json {
            guard console.style != .quiet else { return }
            return console.print(state.withLock { value($0, isFinished: true) })
        }
        let time = now()
        let line = state.withLock { state in
            let elapsed = time - state.meter.start
            let count = state.completed - state.meter.startCount
            var line = "\(label): \(Self.count(state.completed)) \(unit) in \(Self.duration(elapsed))"
            if elapsed > 0, count > 0 { line += " (\(Self.rate(count / elapsed)) \(unit)/s)" }
            return line
        }
        console.note(line)
    }

    /// The progress for programs.
    private func value(_ state: State, isFinished: Bool) -> JSONValue {
        .object([
            ("stage", .string(label)), ("unit", .string(unit)), ("completed", .number(state.completed)),
            ("total", state.total.map { .number($0) } ?? .null),
            ("rate", state.meter.rate.map { .number($0) } ?? .null), ("seconds", .number(now() - state.meter.start)),
            ("detail", .string(state.detail)), ("finished", .boolean(isFinished)),
        ])
    }

    // MARK: - Text

    private static func describe(_ state: State, label: String, unit: String, style: Console.Style) -> String {
        var figures = count(state.completed)
        if let total = state.total { figures += "/\(count(total))" }
        figures += " \(unit)"
        if let rate = state.meter.rate {
            figures += ", \(self.rate(rate)) \(unit)/s"
            if let total = state.total, rate > 0 {
                figures += ", \(duration(max(0, total - state.completed) / rate)) left"
            }
        }
        if !state.detail.isEmpty { figures += ", \(TerminalText.escaped(state.detail, keepsLines: false))" }
        guard case .terminal(let width, let colour) = style else { return "\(label): \(figures)" }

        let head = "\(label) "
        let barWidth = min(30, width - head.count - figures.count - 2)
        guard let total = state.total, total > 0, barWidth >= 8 else {
            return String((head + figures).prefix(max(1, width - 1)))
        }
        let filled = Int((Double(barWidth) * min(1, max(0, state.completed / total))).rounded(.down))
        let done = String(repeating: "━", count: filled)
        let rest = String(repeating: colour ? "━" : "─", count: barWidth - filled)
        let bar = colour ? "\u{1B}[36m\(done)\u{1B}[90m\(rest)\u{1B}[0m" : done + rest
        return "\(head)\(bar) \(figures)"
    }

    private static func count(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(format: "%.1f", value)
    }

    private static func rate(_ value: Double) -> String {
        String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
    }

    /// A duration such as `42 s`, `3:07 min` or `2:05 h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        let whole = Int(min(seconds, 1e9).rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return String(format: "%d:%02d min", whole / 60, whole % 60) }
        return String(format: "%d:%02d h", whole / 3600, whole % 3600 / 60)
    }
}
