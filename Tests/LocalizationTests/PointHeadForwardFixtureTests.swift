import Annotations
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import ModelImport

/// Whether values agree as closely as two single-precision computations do.
private func agree(_ values: [Float], _ reference: [Float]) -> Bool {
    values.count == reference.count
        && zip(values, reference).allSatisfy { abs($0 - $1) <= 2e-5 + 1e-4 * abs($1) }
}

@Suite("Networks on a feature pyramid agree with the reference")
struct PointHeadForwardFixtureTests {
    @Test("parameters have the number and the decay groups of the reference", arguments: PointHeadFixture.names)
    func parameters(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let head = try fixture.head()
        #expect(head.parameterCount == fixture.config["num_params"] as? Int)
        let optimizer = try #require(fixture.expected["optimizer"] as? [String: Any])
        let groups = try #require(optimizer["groups"] as? [[String: Any]])
        let decaying = try #require(
            groups.first { ($0["weight_decay"] as? NSNumber)?.doubleValue ?? 0 > 0 }?["params"] as? [String])
        let ours = head.officialParameters.filter(\.parameter.decays).map(\.name)
        #expect(Set(ours) == Set(decaying))
    }

    @Test("every level of the backbone and the neck", arguments: PointHeadFixture.names)
    func intermediateFeatures(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let head = try fixture.head()
        let file = try fixture.tensors("intermediate")
        let samples = Array(try fixture.samples().prefix(2))
        let length = PaddedLength(computed: head.maximumLength, nominal: head.maximumLength)
        let batch = SequenceBatch(samples, padding: length)
        let levels = head.backbone(batch.features, mask: batch.mask, nominalLength: length.nominal)
        for (index, level) in levels.enumerated() {
            // At padded positions the first level holds what the last block left, in the reference too.
            #expect(try agree(level.features.transposed([0, 2, 1]).elements, file.values("backbone_\(index)")))
        }
        for (index, level) in head.neck(levels).enumerated() {
            #expect(try agree(level.features.transposed([0, 2, 1]).elements, file.values("fpn_\(index)")))
        }
    }

    @Test("logits, offsets and masks of a padded batch", arguments: PointHeadFixture.names)
    func outputs(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let head = try fixture.head()
        let file = try fixture.tensors("train_outputs")
        let length = PaddedLength(computed: head.maximumLength, nominal: head.maximumLength)
        let output = try #require(head.points(fixture.samples(), padding: length))
        for level in output.logits.indices {
            #expect(try agree(output.logits[level].elements, file.values("cls_logits_\(level)")))
            #expect(try agree(output.offsets[level].elements, file.values("offsets_\(level)")))
            let mask = output.masks[level]
            let ours = mask.lengths.flatMap { length in (0..<mask.paddedLength).map { $0 < length ? Float(1) : 0 } }
            #expect(try ours == file.values("mask_\(level)"))
        }
    }

    @Test(
        "videos longer than the training length, with as little padding as possible",
        arguments: PointHeadFixture.names)
    func longVideos(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let head = try fixture.head()
        let file = try fixture.tensors("inference")
        for video in fixture.inferenceVideos {
            let sample = try fixture.sample(video)
            let output = try #require(head.points([sample], padding: head.paddedLength(for: sample.length)))
            for level in output.logits.indices {
                let count = output.masks[level].lengths[0]
                let logits = output.logits[level].slice(axis: 1, 0..<count).elements
                let offsets = output.offsets[level].slice(axis: 1, 0..<count).elements
                let key = "v\(video.key)/"
                #expect(try agree(logits, Array(file.values(key + "cls_logits_\(level)").prefix(logits.count))))
                #expect(try agree(offsets, Array(file.values(key + "offsets_\(level)").prefix(offsets.count))))
                #expect(try count == file.values(key + "mask_\(level)").reduce(0) { $0 + Int($1) })
            }
        }
    }

    @Test("the amount of padding does not matter", arguments: PointHeadFixture.actionFormer)
    func paddingInvariance(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let head = try fixture.head()
        for video in fixture.videos {
            var sample = try fixture.sample(video)
            for length in [sample.length, max(1, sample.length / 2), 33, 1] {
                sample.features = sample.features.slice(axis: 0, 0..<length)
                let least = head.paddedLength(for: length)
                let full = PaddedLength(computed: least.nominal, nominal: least.nominal)
                let short = try #require(head.points([sample], padding: least))
                let long = try #require(head.points([sample], padding: full))
                for level in short.logits.indices {
                    let count = short.masks[level].lengths[0]
                    #expect(count == long.masks[level].lengths[0])
                    func rows(_ tensor: Tensor) -> [Float] { tensor.slice(axis: 1, 0..<count).elements }
                    #expect(agree(rows(short.logits[level]), rows(long.logits[level])))
                    #expect(agree(rows(short.offsets[level]), rows(long.offsets[level])))
                }
            }
        }
    }

    @Test("proposals of every video", arguments: PointHeadFixture.names)
    func proposals(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let head = try fixture.head()
        let file = try fixture.tensors("inference")
        for video in fixture.videos + fixture.inferenceVideos {
            let sample = try fixture.sample(video)
            let ours = try #require(head.proposals(of: sample, settings: fixture.postProcessing()))
            let reference = try PointHeadStageFixtureTests.proposals(file, "v\(video.key)/pre_nms/")
            #expect(ours.count == reference.count)
            var unmatched = Set(0..<ours.count)
            for index in 0..<reference.count {
                let match = unmatched.first {
                    ours.labels[$0] == reference.labels[index]
                        && abs(ours.starts[$0] - reference.starts[index]) < 1e-3
                        && abs(ours.ends[$0] - reference.ends[index]) < 1e-3
                        && abs(ours.scores[$0] - reference.scores[index]) < 1e-5
                }
                if let match { unmatched.remove(match) }
            }
            #expect(unmatched.isEmpty, "\(video.key)")
        }
    }

    @Test("detections from features, for every setting", arguments: PointHeadFixture.names)
    func detections(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let head = try fixture.head()
        let file = try fixture.tensors("inference")
        let modes = try #require(fixture.expected["inference_modes"] as? [String: [String: Any]])
        var rows = 0, close = 0
        for video in fixture.videos + fixture.inferenceVideos {
            let sample = try fixture.sample(video)
            for (mode, changes) in modes {
                let settings = try fixture.postProcessing(changes: changes)
                let proposals = try #require(head.proposals(of: sample, settings: settings))
                let found = PostProcessing(settings).detections(
                    from: proposals, video: video.name, grid: video.grid, durationSeconds: video.duration,
                    classes: (0..<10).map { "\($0)" })
                let reference = try PointHeadStageFixtureTests.proposals(file, "v\(video.key)/\(mode)/")
                rows += reference.count
                var unmatched = Set(found.indices)
                for index in 0..<reference.count {
                    let match = unmatched.first {
                        found[$0].label == "\(reference.labels[index])"
                            && abs(Float(found[$0].segment.start) - reference.starts[index]) < 1e-3
                            && abs(Float(found[$0].segment.end) - reference.ends[index]) < 1e-3
                            && abs(Float(found[$0].score) - reference.scores[index]) < 1e-5
                    }
                    guard let match else { continue }
                    unmatched.remove(match)
                    close += 1
                }
            }
        }
        #expect(rows > 0 && Double(close) >= 0.99 * Double(rows), "\(close) of \(rows)")
    }
}
