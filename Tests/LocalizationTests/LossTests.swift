import Annotations
import Tensors
import Testing

@testable import Localization

@Suite("Losses of point-based heads")
struct LossTests {
    @Test(
        "focal loss of worked-out entries",
        arguments: [
            (-4.59512, 0, 7.538e-7), (0, 1, 0.043322), (2, 1, 4.5089e-4), (-1, 0, 0.016994), (0.5, 0.95, 0.020852),
        ])
    func focalGolden(_ logit: Double, _ target: Double, _ value: Double) {
        #expect(abs(FocalLoss().entry(logit: logit, target: target).value - value) < 1e-3 * value)
    }

    @Test(
        "distance-IoU loss of worked-out segments",
        arguments: [([2.0, 3, 2, 2], 0.21), ([0, 0, 1, 3], 1.0625), ([5, 1, 1, 5], 0.96)])
    func distanceIoUGolden(_ distances: [Double], _ value: Double) {
        let loss = DistanceIoULoss().entry(distances[0], distances[1], distances[2], distances[3]).0
        #expect(abs(loss - value) < 1e-12)
    }

    @Test(
        "the slope of the focal loss is its derivative", arguments: [-30.0, -4, -0.3, 0, 0.7, 5, 30], [0, 0.05, 0.9, 1])
    func focalSlope(_ logit: Double, _ target: Double) {
        for loss in [FocalLoss(), FocalLoss(alpha: 0.4, gamma: 1.5)] {
            let step = 1e-6
            let difference =
                loss.entry(logit: logit + step, target: target).value
                - loss.entry(logit: logit - step, target: target).value
            #expect(abs(loss.entry(logit: logit, target: target).slope - difference / (2 * step)) < 1e-7)
        }
    }

    @Test("the slopes of the distance-IoU loss are its derivatives", arguments: 0..<30)
    func distanceIoUSlope(_ seed: Int) {
        var generator = RandomGenerator(seed: UInt64(seed))
        let d = (0..<4).map { _ in generator.uniform(0.01, 5) }
        let loss = DistanceIoULoss(), step = 1e-6
        let entry = loss.entry(d[0], d[1], d[2], d[3])
        let left =
            (loss.entry(d[0] + step, d[1], d[2], d[3]).0 - loss.entry(d[0] - step, d[1], d[2], d[3]).0) / (2 * step)
        let right =
            (loss.entry(d[0], d[1] + step, d[2], d[3]).0 - loss.entry(d[0], d[1] - step, d[2], d[3]).0) / (2 * step)
        #expect(abs(entry.left - left) < 1e-6 && abs(entry.right - right) < 1e-6)
    }

    @Test("rows that do not count have neither loss nor gradient")
    func ignoredRows() throws {
        let tape = Tape()
        let logits = tape.variable(Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]))
        let loss = FocalLoss().sum(logits, targets: [1, 0, 1, 0, 1, 0], rows: [1..<2])
        let expected = FocalLoss().entry(logit: 3, target: 1).value + FocalLoss().entry(logit: 4, target: 0).value
        #expect(abs(Double(loss.scalar) - expected) < 1e-6)
        let gradient = try #require(tape.gradients(of: loss)[logits]).elements
        #expect(gradient[0] == 0 && gradient[1] == 0 && gradient[4] == 0 && gradient[5] == 0 && gradient[3] > 0)
    }

    @Test("an empty set of positives has loss 0")
    func noPositives() {
        let loss = DistanceIoULoss().sum(Tensor([1, 2], shape: [1, 2]), targets: [0, 0], rows: [])
        #expect(loss.scalar == 0)
    }

    @Test("degenerate segments have a finite loss and finite slopes")
    func degenerateSegments() {
        let entry = DistanceIoULoss().entry(0, 0, 0, 0)
        #expect(entry.0.isFinite && entry.left.isFinite && entry.right.isFinite)
    }
}
