import TestSupport
import Testing

@testable import Networks
@testable import Tensors

@Suite("Optimisation")
struct OptimizationTests {
    @Test("AdamW follows the published update, with decay on weights only")
    func adamW() {
        let weight = Parameter(Tensor([1])), bias = Parameter(Tensor([1]), decays: false)
        var optimizer = AdamW([("weight", weight), ("bias", bias)], weightDecay: 0.1)
        optimizer.step(gradients: [Tensor([0.5]), Tensor([0.5])], rate: 0.01, gradientScale: 1)
        // The first step of Adam has length `rate` whatever the gradient.
        #expect(abs(weight.value.elements[0] - (1 - 0.01 * 0.1 - 0.01)) < 1e-6)
        #expect(abs(bias.value.elements[0] - 0.99) < 1e-6)
        optimizer.step(gradients: [nil, Tensor([-0.5])], rate: 0.01, gradientScale: 1)
        #expect(abs(bias.value.elements[0] - (0.99 - 0.01 * (-0.005 / 0.19) / 0.5)) < 1e-5)
    }

    @Test("SGD repeats a share of the last step")
    func momentum() {
        let weight = Parameter(Tensor([1]))
        var optimizer = SGD([("weight", weight)], momentum: 0.9, weightDecay: 0)
        optimizer.step(gradients: [Tensor([1])], rate: 0.1, gradientScale: 1)
        optimizer.step(gradients: [Tensor([1])], rate: 0.1, gradientScale: 1)
        #expect(abs(weight.value.elements[0] - (1 - 0.1 - 0.19)) < 1e-6)
    }

    @Test("an optimiser restored from its state goes on as if never stopped")
    func restored() throws {
        func run(stoppingAfter stop: Int?) throws -> [Float] {
            let weight = Parameter(Tensor([1, -2, 3]))
            var optimizer = AdamW([("weight", weight)])
            for step in 0..<6 {
                if step == stop {
                    var next = AdamW([("weight", weight)])
                    try next.restore(optimizer.state, file: "state")
                    optimizer = next
                }
                optimizer.step(gradients: [weight.value * 2], rate: 0.1, gradientScale: 0.5)
            }
            return weight.value.elements
        }
        #expect(try run(stoppingAfter: 3) == run(stoppingAfter: nil))
        var other = AdamW([("elsewhere", Parameter(Tensor([1])))])
        #expect(throws: NetworkError.self) {
            try other.restore(AdamW([("weight", Parameter(Tensor([1])))]).state, file: "f")
        }
    }

    /// Rates of the reference for the THUMOS14 setting with 100 iterations an epoch.
    @Test(
        "warm-up and cosine give the reference rates",
        arguments: [
            (0, 0.0), (250, 5.0100e-5), (499, 1e-4), (500, 1e-4), (1000, 9.3302e-5), (2000, 5.0005e-5),
            (3499, 1.0027e-8),
        ])
    func schedule(step: Int, rate: Double) {
        let schedule = LearningRateSchedule.warmupCosine(base: 1e-4, warmupSteps: 500, totalSteps: 3500, final: 1e-8)
        #expect(abs(schedule.rate(at: step) - rate) <= max(rate, 1e-12) * 1e-4)
    }

    @Test("step schedule multiplies at its milestones")
    func steps() {
        let schedule = LearningRateSchedule.warmupSteps(base: 1, warmupSteps: 3, milestones: [10, 20], factor: 0.1)
        #expect([0, 1, 2, 9, 10, 20].map { schedule.rate(at: $0) } == [0, 0.5, 1, 1, 0.1, 0.1 * 0.1])
    }

    @Test("gradients longer than the limit are shortened to it")
    func clipping() {
        let parameter = Parameter(Tensor([1, 1]))
        let tape = Tape()
        let x = tape.constant(Tensor([3, 4]))
        var sum = GradientSum(of: [parameter])
        sum.add(tape.gradients(of: (x * parameter(with: x)).sum()))
        #expect(sum.norm == 5)
        #expect(abs(GradientSum.clippingScale(norm: 5, limit: 1) - 0.2) < 1e-6)
        #expect(GradientSum.clippingScale(norm: 0.5, limit: 1) == 1)
        #expect(GradientSum.clippingScale(norm: 5, limit: -1) == 1)
    }

    @Test("the moving average follows its parameters and gives them back unchanged")
    func movingAverage() {
        let parameter = Parameter(Tensor([0]))
        var average = MovingAverage(of: [parameter], decay: 0.9)
        parameter.value = Tensor([1])
        average.update(from: [parameter])
        #expect(abs(average.values[0].elements[0] - 0.1) < 1e-6)
        let seen = average.whileApplied(to: [parameter]) { parameter.value.elements[0] }
        #expect(abs(seen - 0.1) < 1e-6)
        #expect(parameter.value.elements == [1])
        var warming = MovingAverage(of: [Parameter(Tensor([0]))], decay: 0.999, warmsUp: true)
        warming.update(from: [parameter])
        #expect(abs(warming.values[0].elements[0] - 0.9) < 1e-6)
    }
}
