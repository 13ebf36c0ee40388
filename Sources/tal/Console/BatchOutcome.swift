import ArgumentParser

/// What became of a batch of items, and the exit status that follows from it.
///
/// ```swift
/// var outcome = BatchOutcome(noun: "video")
/// for video in videos {
///     do { try handle(video); outcome.succeed() } catch { outcome.fail(video, error) }
/// }
/// try outcome.finish(on: console)
/// ```
struct BatchOutcome {
    /// An item that could not be done, and why.
    struct Failure: Equatable {
        var item: String
        var reason: String
    }

    /// What one item is called, such as `video`.
    let noun: String
    /// Items done, those found done already included.
    private(set) var succeeded = 0
    private(set) var failures: [Failure] = []

    init(noun: String = "item") {
        self.noun = noun
    }

    mutating func succeed(_ count: Int = 1) {
        succeeded += count
    }

    mutating func fail(_ item: String, _ error: any Error) {
        fail(item, reason: ErrorReport.text(of: error))
    }

    mutating func fail(_ item: String, reason: String) {
        failures.append(
            Failure(item: TerminalText.escaped(item, keepsLines: false), reason: TerminalText.escaped(reason)))
    }

    /// The status the process should end with.
    var status: CommandStatus {
        if failures.isEmpty { return succeeded > 0 ? .done : .nothingDone }
        return succeeded > 0 ? .partlyDone : .nothingDone
    }

    /// Up to this many items with the same reason get a line each; more share one line.
    private static let mostLines = 3

    /// The failures in lines: many items with the same reason are one, unless all are wanted.
    private func lines(all: Bool) -> [String] {
        let groups = Dictionary(grouping: failures.indices, by: { failures[$0].reason })
        return failures.indices.compactMap { index in
            let failure = failures[index]
            guard let group = groups[failure.reason] else { return nil }
            if !all, group.count > Self.mostLines {
                guard group.first == index else { return nil }
                let examples = group.prefix(3).map { failures[$0].item }.joined(separator: ", ")
                return "\(group.count) \(noun)s: \(failure.reason) (\(examples), …)"
            }
            // Most reasons name their file already.
            let isNamed = failure.reason == failure.item || failure.reason.hasPrefix(failure.item + ":")
            return "\(isNamed ? "" : "\(failure.item): ")\(failure.reason)"
        }
    }

    /// Lists the failures on the console.
    func listFailures(on console: Console) {
        for line in lines(all: console.isVerbose) { console.print(line: "tal: \(line)") }
    }

    /// Lists the failures on the console, and ends the command with the right exit status unless all went well.
    ///
    /// - Throws: `ExitCode`.
    func finish(on console: Console) throws {
        list(on: console)
        guard status != .done else { return }
        throw status.exitCode
    }

    private func list(on console: Console) {
        listFailures(on: console)
        if failures.isEmpty, succeeded == 0 { console.print(line: "tal: no \(noun) to work on") }
        if !failures.isEmpty {
            let total = succeeded + failures.count
            console.print(line: "tal: \(failures.count) of \(total) \(noun)\(total == 1 ? "" : "s") failed")
        }
    }

    /// Ends a command that did several things with the status of all of them.
    ///
    /// - Throws: `ExitCode`.
    static func finish(_ outcomes: [BatchOutcome], on console: Console) throws {
        for outcome in outcomes { outcome.list(on: console) }
        let statuses = outcomes.map(\.status)
        guard let first = statuses.first, statuses.contains(where: { $0 != first }) else {
            if let first = statuses.first, first != .done { throw first.exitCode }
            return
        }
        // Some of it was of use; where a thing had nothing to work on, nothing failed.
        if outcomes.contains(where: { !$0.failures.isEmpty }) { throw CommandStatus.partlyDone.exitCode }
    }
}
