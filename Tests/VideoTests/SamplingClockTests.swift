import Testing

@testable import Video

@Suite("SamplingClock")
struct SamplingClockTests {
    @Test("windows are kept while at least half of them is real, and the first always")
    func windowCounts() {
        for (window, stride) in [(16, 4), (16, 16), (15, 4), (8, 20), (1, 1), (7, 3)] {
            let clock = SamplingClock(frameRate: FrameRate(10), strideFrames: stride, windowFrames: window)
            for ticks in 1..<80 {
                var expected = 0
                while 2 * (ticks - expected * stride) >= window { expected += 1 }
                #expect(clock.windowCount(ticks: ticks) == max(1, expected), "\(window) \(stride) \(ticks)")
            }
            #expect(clock.windowCount(ticks: 0) == 0)
        }
    }

    @Test("taken frames are spread evenly about the middle of the window")
    func offsets() {
        let clock = { SamplingClock(frameRate: FrameRate(10), strideFrames: 4, windowFrames: $0, framesPerClip: $1) }
        #expect(clock(16, 16).offsets == Array(0..<16))
        #expect(clock(16, 8).offsets == [1, 3, 5, 7, 9, 11, 13, 15])
        #expect(clock(16, 1).offsets == [8])
        #expect(clock(9, 3).offsets == [1, 4, 7])
    }

    @Test("a tick is used exactly when some window takes it")
    func usedTicks() {
        for (window, stride, taken) in [(16, 4, 4), (16, 40, 4), (8, 8, 8), (10, 3, 2)] {
            let clock = SamplingClock(
                frameRate: FrameRate(10), strideFrames: stride, windowFrames: window, framesPerClip: taken)
            var used: Set<Int> = []
            for index in 0..<100 { used.formUnion(clock.offsets.map { index * stride + $0 }) }
            for start in 0..<120 {
                for length in [0, 1, 3] {
                    let ticks = start..<start + length
                    #expect(clock.uses(ticks) == ticks.contains { used.contains($0) }, "\(ticks)")
                }
            }
        }
    }

    @Test("ticks are counted up to the end, rounding of times forgiven")
    func tickCounts() {
        let clock = SamplingClock(frameRate: FrameRate(30), strideFrames: 1, windowFrames: 1)
        #expect(clock.tickCount(seconds: 0.033) == 1)
        #expect(clock.tickCount(seconds: 1.0 / 30) == 1)
        #expect(clock.tickCount(seconds: 0.034) == 1)
        #expect(clock.tickCount(seconds: 10) == 300)
        #expect(clock.tickCount(seconds: 10.001) == 300)
        #expect(clock.tickCount(seconds: 10.02) == 301)
        #expect(clock.tickCount(seconds: -5) == 0)
    }
}
