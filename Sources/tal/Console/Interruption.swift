import ArgumentParser
import Foundation
import MessagePassing
import Synchronization
import Threads

/// Lets a command end in good order on SIGINT and SIGTERM.
///
/// Long work asks for an ``Interruption``: the first signal then asks it to stop after its present step, the second ends the
/// process at once. Every other command ends at the first signal, with a line that says what that means.
///
/// ```swift
/// let interruption = Interruption()
/// let report = try extractor.extract(videos, into: store, cancellation: interruption.flag)
/// if report.wasInterrupted { try interruption.finish(on: console, "12 of 20 videos are in f.h5; …") }
/// ```
struct Interruption {
    /// What the loop that does the work polls.
    let flag: CancellationFlag

    // What the handler of a signal may touch: all are made before it is set up.
    private static let request = CancellationFlag()
    private static let signal = Atomic<Int32>(0)
    /// Whether some work polls the flag.
    private static let isPolled = Atomic<Bool>(false)
    nonisolated(unsafe) private static let line = {
        let text =
            (isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[2K" : "")
            + "tal: interrupted; every file under its final name is whole; run the same command again\n"
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
        bytes.copyBytes(from: text.utf8)
        return UnsafeRawBufferPointer(bytes)
    }()

    /// Of several ranks only the first one says that it was interrupted.
    private static let speaks = (LaunchedRank()?.rank ?? 0) == 0

    init() {
        flag = Self.request
        Self.isPolled.store(true, ordering: .relaxed)
    }

    /// Begins to catch the signals. One that the process was told to ignore, as `nohup` does, stays ignored.
    static func beginCatchingSignals() {
        _ = (
            request.isRequested, signal.load(ordering: .relaxed), isPolled.load(ordering: .relaxed), line.count, speaks
        )
        // A program that is started by a thread which blocks signals inherits that.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM] {
            let previous = Foundation.signal(number) { Interruption.handle($0) }
            if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                Foundation.signal(number, SIG_IGN)
            }
        }
        // A file that outgrows the limit of the shell is an error like a full disk, and no end without a word.
        Foundation.signal(SIGXFSZ, SIG_IGN)
    }

    /// Runs while the program does anything else, so it may only use atomics and system calls.
    private static func handle(_ number: Int32) {
        let isSecond = signal.exchange(number, ordering: .relaxed) != 0
        request.request()
        guard isSecond || !isPolled.load(ordering: .relaxed) else { return }
        if !isSecond, speaks { _ = write(STDERR_FILENO, line.baseAddress, line.count) }
        _exit(128 + number)
    }

    /// Ends the command with 128 and the number of the signal, as shells do, after one line that says how to go on.
    ///
    /// - Parameter outcome: items that failed, which are listed first.
    /// - Throws: `ExitCode`.
    func finish(on console: Console, listing outcome: BatchOutcome? = nil, _ advice: String) throws -> Never {
        outcome?.listFailures(on: console)
        let number = Self.signal.load(ordering: .relaxed)
        console.print(line: "tal: interrupted; \(advice)")
        // mpirun takes the status of the rank that ends first, so only one has one to give.
        guard Self.speaks else { throw ExitCode.success }
        throw ExitCode(128 + (number == 0 ? SIGINT : number))
    }
}
