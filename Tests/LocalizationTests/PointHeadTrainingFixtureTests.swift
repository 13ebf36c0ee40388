import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import ModelImport

@Suite("Training a head on a feature pyramid agrees with the reference")
struct PointHeadTrainingFixtureTests {
    /// One pass over the training videos, each on a tape of its own with as little padding as possible.
    private func pass<Head: PyramidNaming>(_ head: inout Head, _ samples: [Sample]) -> (LossReport, GradientSum) {
        var generator = RandomGenerator(seed: 1)
        let targets = head.targets(for: samples, using: &generator)
        head.updateState(with: targets)
        // The reference numbers were made without stochastic depth, hence no training tape.
        let runs = zip(samples, targets).map { sample, target in
            let tape = Tape(isTraining: false)
            let batch = SequenceBatch([sample], padding: head.paddedLength(for: sample.length))
            return (tape: tape, sums: head.loss(head.forward(batch, on: tape), [target]))
        }
        let sums = head.lossTerms.indices.map { term in
            runs.reduce(0) { $0 + Double($1.sums[term].scalar) }
        }
        let report = head.combine(sums)
        var total = GradientSum(of: head.parameters)
        for run in runs {
            total.add(
                run.tape.gradients(
                    of: zip(run.sums, report.outputGradients).map { (output: $0, gradient: Tensor(Float($1))) }))
        }
        return (report, total)
    }

    private func check(_ report: LossReport, _ expected: Any?, tolerance: Double = 1e-5) throws {
        let losses = try #require(expected as? [String: NSNumber])
        for (value, key) in [
            (report.terms[0], "cls_loss"), (report.terms[1], "reg_loss"), (report.total, "final_loss"),
        ] {
            let reference = try #require(losses[key]).doubleValue
            #expect(abs(value - reference) <= tolerance * abs(reference), "\(key) \(value) \(reference)")
        }
    }

    @Test("losses, normaliser, positives and every gradient", arguments: PointHeadFixture.names)
    func gradients(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        var head = try fixture.head()
        let samples = try fixture.samples()
        var generator = RandomGenerator(seed: 1)
        let targets = head.targets(for: samples, using: &generator)
        #expect(targets.reduce(0) { $0 + $1.positives.count } == fixture.expected["num_pos"] as? Int)
        let valid = targets.reduce(0) { $0 + $1.valid.reduce(0) { $0 + $1.count } }
        #expect(valid == fixture.expected["num_valid"] as? Int)
        let (report, sum) = pass(&head, samples)
        try check(report, fixture.expected["losses"])
        let normalizer = try #require(fixture.expected["loss_normalizer_after"] as? NSNumber).doubleValue
        #expect(abs((head.lossState["normalizer"] ?? 0) - normalizer) < 1e-9)
        let norm = try #require(fixture.expected["grad_total_l2norm"] as? NSNumber).doubleValue
        #expect(abs(sum.norm - norm) < 1e-4 * norm)

        let reference = try fixture.tensors("grads")
        let skipped = Set(fixture.expected["ill_conditioned_params"] as? [String] ?? [])
        #expect(head.officialParameters.count == reference.entries.count)
        for (official, gradient) in zip(head.officialParameters, sum.gradients) where !skipped.contains(official.name) {
            let name = official.name
            let entry = try #require(reference.entries[name])
            let expected = official.convert(Tensor(entry.values, shape: entry.shape))
            let largest = entry.values.reduce(0) { max($0, abs($1)) }
            let difference = largestDifference(try #require(gradient).elements, expected.elements)
            #expect(difference <= 1e-4 * largest + 1e-6, "\(name): \(difference) of \(largest)")
        }
    }

    @Test("AdamW at a constant rate", arguments: PointHeadFixture.names)
    func constantRate(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        var head = try fixture.head()
        let samples = try fixture.samples()
        let optimizer = try #require(fixture.expected["optimizer"] as? [String: Any])
        let config = try #require(optimizer["config"] as? [String: Any])
        let run = try #require(optimizer["const"] as? [String: Any])
        let losses = try #require(run["losses"] as? [Any])
        let rate = try #require(config["learning_rate"] as? NSNumber).doubleValue
        var adam = AdamW(
            head.namedParameters(), weightDecay: try #require(config["weight_decay"] as? NSNumber).doubleValue)
        let file = try fixture.tensors("optimizer")
        var compared = 0
        for step in 1...losses.count {
            let (report, sum) = pass(&head, samples)
            try check(report, losses[step - 1], tolerance: step == 1 ? 1e-5 : 2e-4)
            adam.step(gradients: sum.gradients, rate: rate)
            compared += try compare(head.parameters.map(\.value), head, fixture, file, prefix: "const/step\(step)/")
        }
        #expect(compared > 0)
    }

    @Test("the full loop: schedule, clipping and moving average", arguments: PointHeadFixture.names)
    func fullLoop(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        var head = try fixture.head()
        let samples = try fixture.samples()
        let optimizer = try #require(fixture.expected["optimizer"] as? [String: Any])
        let config = try #require(optimizer["config"] as? [String: Any])
        let loop = try #require(optimizer["loop"] as? [String: Any])
        func number(_ object: [String: Any], _ key: String) throws -> Double {
            try #require(object[key] as? NSNumber).doubleValue
        }
        let perEpoch = Int(try number(loop, "iters_per_epoch"))
        let warmup = Int(try number(config, "warmup_epochs")) * perEpoch
        let schedule = LearningRateSchedule.warmupCosine(
            base: try number(config, "learning_rate"), warmupSteps: warmup,
            totalSteps: warmup + Int(try number(config, "epochs")) * perEpoch, final: 1e-8)
        var adam = AdamW(head.namedParameters(), weightDecay: try number(config, "weight_decay"))
        var average = MovingAverage(of: head.parameters, decay: try number(loop, "ema_decay"))
        let rates = try #require(loop["lr_used"] as? [NSNumber])
        let norms = try #require(loop["grad_norm_before_clip"] as? [NSNumber])
        let losses = try #require(loop["losses"] as? [Any])
        let training = try #require(fixture.config["train_cfg"] as? [String: Any])
        let limit = try number(training, "clip_grad_l2norm")
        for step in 0..<losses.count {
            let (report, sum) = pass(&head, samples)
            // Differences grow from step to step, since Adam divides small gradients by themselves.
            try check(report, losses[step], tolerance: step < 2 ? 1e-5 : 5e-4)
            if norms.indices.contains(step) {
                let reference = norms[step].doubleValue
                #expect(abs(sum.norm - reference) <= (step < 2 ? 1e-4 : 2e-3) * reference, "step \(step)")
            }
            let rate = schedule.rate(at: step)
            #expect(abs(rate - rates[step].doubleValue) <= 1e-9 * rates[step].doubleValue)
            adam.step(
                gradients: sum.gradients, rate: rate,
                gradientScale: GradientSum.clippingScale(norm: sum.norm, limit: limit))
            average.update(from: head.parameters)
        }
        let file = try fixture.tensors("optimizer")
        #expect(try compare(head.parameters.map(\.value), head, fixture, file, prefix: "loop/params/") > 0)
        #expect(try compare(average.values, head, fixture, file, prefix: "loop/ema/") > 0)
    }

    /// Compares parameters after optimiser steps.
    ///
    /// Adam divides a gradient by its own size, so where that is nothing but rounding noise the step is arbitrary: the few
    /// values whose gradient is below 1e-5 of the largest of its tensor are left out.
    private func compare(
        _ values: [Tensor], _ head: any PyramidNaming, _ fixture: PointHeadFixture, _ file: TensorFile, prefix: String
    ) throws -> Int {
        let skipped = Set(fixture.expected["ill_conditioned_params"] as? [String] ?? [])
        let gradients = try fixture.tensors("grads")
        var compared = 0
        for (parameter, value) in zip(head.officialParameters, values) {
            let official = parameter.name
            guard let entry = file.entries[prefix + official], !skipped.contains(official) else { continue }
            func inOurLayout(_ entry: TensorFile.Entry) -> [Float] {
                parameter.convert(Tensor(entry.values, shape: entry.shape)).elements
            }
            let expected = inOurLayout(entry)
            let gradient = inOurLayout(try #require(gradients.entries[official]))
            let noise = 1e-5 * gradient.reduce(0) { max($0, abs($1)) }
            let differences = zip(zip(value.elements, expected), gradient).map { pair, gradient in
                gradient != 0 && abs(gradient) < noise ? 0 : abs(pair.0 - pair.1)
            }
            // A sanitizer's C code rounds in another way. Few values cross a kink of the network then, and Adam makes steps of that.
            let most = Sanitizer.isActive ? differences.count / 500 : 0
            #expect(differences.count { $0 > 2e-5 } <= most, "\(prefix)\(official): \(differences.max() ?? 0)")
            #expect(differences.allSatisfy { $0 <= 1e-4 }, "\(prefix)\(official)")
            compared += 1
        }
        return compared
    }
}
