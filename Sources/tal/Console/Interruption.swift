import ArgumentParser
import Foundation
import Synchronization
import Threads

/// Lets a command end in good order on SIGINT and SIGTERM. The first signal asks the work to stop after its present step, the
/// second ends the process at once.
///
/// ```swift
/// let interruption = Interruption()
/// let report = try extractor.extract(videos, into: store, cancellation: interruption.flag)
/// if report.wasInterrupted { try interruption.finish(on: console, "12 of 20 videos are in f.h5; …") }
/// ```
struct Interruption {
    /// What the loop that does the work polls.
    let flag: CancellationFlag

    // What the handler of a signal may touch: both are made before it is set up.
    private static let request = CancellationFlag()
    private static let signal = Atomic<Int32>(0)

    /// Begins to catch the signals. One that the process was told to ignore, as `nohup` does, stays ignored.
    init() {
        flag = Self.request
        _ = Self.signal.load(ordering: .relaxed)
        // A program that is started by a thread which blocks signals inherits that.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM] {
            let previous = Foundation.signal(number) { number in
                Interruption.signal.store(number, ordering: .relaxed)
                Interruption.request.request()
                Foundation.signal(number, SIG_DFL)
            }
            if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                Foundation.signal(number, SIG_IGN)
            }
        }
    }

    /// Ends the command with 128 and the number of the signal, as shells do, after one line that says how to go on.
    ///
    /// - Throws: `ExitCode`.
    func finish(on console: Console, _ advice: String) throws -> Never {
        let number = Self.signal.load(ordering: .relaxed)
        console.print(line: "tal: interrupted; \(advice)")
        throw ExitCode(128 + (number == 0 ? SIGINT : number))
    }
}
