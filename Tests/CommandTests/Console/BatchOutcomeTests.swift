import ArgumentParser
import Testing

@testable import tal

private struct Complaint: Error, CustomStringConvertible {
    var description: String
}

@Suite("the outcome of a batch")
struct BatchOutcomeTests {
    @Test(
        "the exit status follows the contract",
        arguments: [
            (done: 3, failed: 0, status: CommandStatus.done),
            (done: 0, failed: 2, status: .nothingDone),
            (done: 0, failed: 0, status: .nothingDone),
            (done: 1, failed: 2, status: .partlyDone),
        ])
    func status(done: Int, failed: Int, status: CommandStatus) {
        var outcome = BatchOutcome(noun: "video")
        outcome.succeed(done)
        for index in 0..<failed { outcome.fail("v\(index).mp4", reason: "broken") }
        #expect(outcome.status == status)
        let console = Transcript().console(.quiet)
        if status == .done {
            #expect(throws: Never.self) { try outcome.finish(on: console) }
        } else {
            #expect(throws: ExitCode(status.rawValue)) { try outcome.finish(on: console) }
        }
    }

    @Test("each failure is listed with its reason, even when quiet")
    func listing() {
        var outcome = BatchOutcome(noun: "video")
        outcome.succeed(2)
        outcome.fail("a.mp4", Complaint(description: "no video stream"))
        outcome.fail("b.mp4", Complaint(description: "b.mp4: cannot be read\n  (permission denied)"))
        let transcript = Transcript()
        #expect(throws: ExitCode(3)) { try outcome.finish(on: transcript.console(.quiet)) }
        #expect(
            transcript.lines == [
                "tal: a.mp4: no video stream", "tal: b.mp4: cannot be read; (permission denied)",
                "tal: 2 of 4 videos failed",
            ])
    }

    @Test("a command that did several things ends with the status of all of them")
    func several() {
        func outcome(_ done: Int, _ failed: Int) -> BatchOutcome {
            var outcome = BatchOutcome()
            outcome.succeed(done)
            for index in 0..<failed { outcome.fail("\(index)", reason: "broken") }
            return outcome
        }
        let console = Console(style: .plain) { _ in }
        let cases: [([(Int, Int)], Int32?)] = [
            ([], nil), ([(1, 0)], nil), ([(1, 0), (3, 0)], nil), ([(1, 0), (0, 0)], nil), ([(0, 0)], 1),
            ([(1, 0), (0, 2)], 3), ([(1, 1), (2, 0)], 3), ([(0, 1), (0, 2)], 1), ([(1, 1)], 3),
        ]
        for (parts, status) in cases {
            let outcomes = parts.map(outcome)
            if let status {
                #expect(throws: ExitCode(status)) { try BatchOutcome.finish(outcomes, on: console) }
            } else {
                #expect(throws: Never.self) { try BatchOutcome.finish(outcomes, on: console) }
            }
        }
    }
}
