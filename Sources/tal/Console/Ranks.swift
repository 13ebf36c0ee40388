import ArgumentParser
import Foundation
import MessagePassing
import Networks

/// Runs a command as one of several ranks where a launcher of MPI has started it, and as ever where none has.
enum Ranks {
    /// Runs `body` and leaves the other ranks in good order. An error ends all ranks, after one message.
    ///
    /// - Parameter body: receives how to talk to the other ranks.
    static func run(_ body: (any Communicator) throws -> Void) throws {
        guard let launched = LaunchedRank() else { return try body(SingleProcess()) }
        let communicator = try MPICommunicator(launched)
        do {
            try body(communicator)
        } catch let code as ExitCode {
            try communicator.finish()
            throw code
        } catch {
            let report = ErrorReport(error, command: Tal.self)
            waitForFirst()
            let message = report.message.hasPrefix("tal: ") ? String(report.message.dropFirst(5)) : report.message
            Console.writeToStandardError("tal: rank \(communicator.rank) of \(communicator.count): \(message)\n")
            communicator.abort(status: report.status)
        }
        try communicator.finish()
    }

    /// Lets the first rank speak where all meet the same error: it ends the others before they do.
    static func waitForFirst() {
        guard let rank = LaunchedRank()?.rank, rank > 0 else { return }
        // The end comes as a signal then.
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        Thread.sleep(forTimeInterval: min(3 + 0.02 * Double(rank), 5))
    }
}

extension ConsoleOptions {
    /// The console of a rank: only the first one says anything but errors.
    func makeConsole(for ranks: any Communicator) -> Console {
        ranks.isFirst ? makeConsole() : Console(style: .quiet, progress: .none) { _ in }
    }
}
