import FoundationEssentials
import Synchronization
import Testing

@testable import tal

/// Collects what a console writes, and a clock that tests move.
final class Transcript: Sendable {
    private let state = Mutex((text: "", time: 0.0))
    var text: String { state.withLock { $0.text } }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
    var now: @Sendable () -> Double { { [self] in state.withLock { $0.time } } }

    func advance(by seconds: Double) { state.withLock { $0.time += seconds } }

    func console(_ style: Console.Style, progress: Console.Progress = .auto) -> Console {
        Console(style: style, progress: progress) { [self] text in state.withLock { $0.text += text } }
    }
}

@Suite("progress")
struct ProgressBarTests {
    @Test("in a pipe there is a line every ten seconds, with rate and time left")
    func plainLines() {
        let transcript = Transcript()
        let console = transcript.console(.plain)
        let bar = ProgressBar("train", unit: "steps", total: 100, console: console, now: transcript.now)
        for step in 1...50 {
            transcript.advance(by: 1)
            bar.update(completed: Double(step))
        }
        bar.finish()
        #expect(transcript.lines.count == 6)
        #expect(transcript.lines.first == "train: 10/100 steps, 1.00 steps/s, 1:30 min left")
        #expect(transcript.lines.last == "train: 50 steps in 50 s (1.00 steps/s)")
        #expect(!transcript.text.contains("\u{1B}"))
    }

    @Test("on a terminal one line is redrawn and never wider than the terminal", arguments: [20, 40, 80, 200])
    func terminal(width: Int) {
        let transcript = Transcript()
        let console = transcript.console(.terminal(width: width, colour: false))
        let bar = ProgressBar("extract", unit: "videos", total: 9, console: console, now: transcript.now)
        for step in 1...9 {
            transcript.advance(by: 2)
            bar.update(completed: Double(step), detail: "a video with a name")
        }
        let drawn = transcript.text.components(separatedBy: "\r\u{1B}[2K").dropFirst()
        #expect(drawn.count == 9)
        #expect(drawn.allSatisfy { $0.count < width && !$0.contains("\n") })
        #expect(width < 80 || drawn.allSatisfy { $0.contains("/9 videos") && $0.contains("left") })
    }

    @Test("json is an object a second, for notes and warnings too; none is nothing of progress")
    func forPrograms() throws {
        for progress in [Console.Progress.json, .none] {
            let transcript = Transcript()
            let console = transcript.console(.plain, progress: progress)
            let bar = ProgressBar("train", unit: "steps", total: 4, console: console, now: transcript.now)
            for step in 1...4 {
                transcript.advance(by: 0.5)
                bar.update(completed: Double(step), detail: "a \"name\"")
            }
            bar.finish()
            console.note("well")
            console.warn("careful")
            guard progress == .json else {
                #expect(transcript.lines == ["well", "tal: warning: careful"])
                continue
            }
            #expect(transcript.lines.count == 5)
            #expect(
                transcript.lines.first
                    == #"{"stage": "train", "unit": "steps", "completed": 2, "total": 4, "rate": 2, "seconds": 1, "#
                    + #""detail": "a \"name\"", "finished": false}"#)
            #expect(transcript.lines[2].hasSuffix(#""finished": true}"#))
            #expect(transcript.lines.suffix(2) == [#"{"message": "well"}"#, #"{"warning": "careful"}"#])
        }
    }

    @Test("quiet shows no progress but keeps warnings")
    func quiet() {
        let transcript = Transcript()
        let console = transcript.console(.quiet)
        let bar = ProgressBar("train", unit: "steps", total: 2, console: console, now: transcript.now)
        transcript.advance(by: 100)
        bar.update(completed: 2)
        bar.finish()
        console.note("a note")
        #expect(transcript.text.isEmpty)
        console.warn("disk is full")
        #expect(transcript.lines == ["tal: warning: disk is full"])
    }

    @Test("a warning wipes the bar before it is written")
    func warningWipesBar() {
        let transcript = Transcript()
        let console = transcript.console(.terminal(width: 60, colour: true))
        console.draw("half done")
        console.warn("odd")
        #expect(transcript.text == "\r\u{1B}[2Khalf done\r\u{1B}[2Ktal: warning: odd\n")
    }

    @Test("work found done does not count towards the rate")
    func startingPoint() {
        let transcript = Transcript()
        let bar = ProgressBar(
            "extract", unit: "videos", total: 100, console: transcript.console(.plain), now: transcript.now)
        bar.startingPoint(90)
        transcript.advance(by: 10)
        bar.update(completed: 95)
        #expect(transcript.lines == ["extract: 95/100 videos, 0.50 videos/s, 10 s left"])
    }

    @Test(
        "durations read well",
        arguments: zip(
            [0.04, 9.96, 59.4, 61, 3600, 7500],
            [
                "0.0 s", "10.0 s", "59 s", "1:01 min", "1:00 h", "2:05 h",
            ]))
    func durations(seconds: Double, text: String) {
        #expect(ProgressBar.duration(seconds) == text)
    }
}
