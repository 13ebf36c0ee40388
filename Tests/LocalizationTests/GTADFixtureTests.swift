import Annotations
import Features
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import ModelImport

/// One case of the reference numbers of G-TAD.
struct GTADFixture {
    static let names = Fixture.cases(
        full: ["thumos_like", "anet_like_square", "all_layer_context"], small: ["all_layer_context"])
    let folder: URL
    let expected: [String: Any]
    let options: [String: Any]
    let inputs: TensorFile

    init(_ name: String) throws {
        folder = Fixture.reference("gtad/\(name)")
        expected = try Fixture.json(folder.appendingPathComponent("expected.json"))
        options = try #require(expected["options"] as? [String: Any])
        inputs = try TensorFile(folder.appendingPathComponent("inputs.safetensors"))
    }

    func tensors(_ name: String) throws -> TensorFile {
        try TensorFile(folder.appendingPathComponent("\(name).safetensors"))
    }

    func option(_ key: String) throws -> Int { try #require(options[key] as? Int) }

    func settings() throws -> GTADSettings {
        let widths = try #require(expected["width_constants"] as? [String: Any])
        func width(_ key: String) throws -> Int { try #require(widths[key] as? Int) }
        var settings = GTADSettings()
        settings.maximumLength = try option("temporal_scale")
        settings.maximumDuration = try option("max_duration")
        settings.channels = try width("h_dim_1d")
        settings.mapChannels = try width("h_dim_2d")
        settings.proposalChannels = try width("h_dim_3d")
        settings.context = try [GraphContext.none, .last, .all][option("goi_style")]
        settings.samplesPerPosition = try option("goi_samp")
        settings.mapKernel = try option("kern_2d")
        try settings.validate()
        return settings
    }

    func head() throws -> GTAD {
        var generator = RandomGenerator(seed: 1)
        let head = try GTAD(settings(), featureChannels: option("feat_dim"), using: &generator)
        try OfficialWeights.load(head, from: folder.appendingPathComponent("weights.safetensors").path)
        return head
    }

    func batch() throws -> SequenceBatch {
        let entry = try #require(inputs.entries["features"])
        let features = Tensor(entry.values, shape: entry.shape).transposed([0, 2, 1])
        let (batch, length, channels) = (features.shape[0], features.shape[1], features.shape[2])
        let samples = (0..<batch).map { item in
            Sample(
                video: "\(item)",
                features: features.slice(axis: 0, item..<(item + 1)).reshaped([length, channels]),
                grid: TemporalMaxerTests.grid)
        }
        return SequenceBatch(samples, padding: PaddedLength(computed: length, nominal: length))
    }

    /// Labels from the stored maps and boundaries.
    func storedLabels() throws -> [ProposalLabels] {
        let (length, durations) = (try option("temporal_scale"), try option("max_duration"))
        let mask = try inputs.values("mask")
        func items(_ name: String, _ count: Int) throws -> [[Float]] {
            let values = try inputs.values(name)
            return stride(from: 0, to: values.count, by: count).map { Array(values[$0..<($0 + count)]) }
        }
        let maps = try items("gt_iou_map_raw", durations * length)
        let starts = try items("gt_start", length), ends = try items("gt_end", length)
        return maps.indices.map { item in
            var labels = ProposalLabels(segments: [], length: length, durations: durations, boundaryWidth: 1)
            labels.overlaps = zip(maps[item], mask).map { $0 * $1 }
            (labels.starts, labels.ends) = (starts[item], ends[item])
            return labels
        }
    }

    func targets() throws -> [ProposalMapTargets] {
        let labels = try storedLabels()
        func draws(_ name: String) throws -> [[Float]] {
            let values = try inputs.values(name), count = labels[0].overlaps.count
            return stride(from: 0, to: values.count, by: count).map { Array(values[$0..<($0 + count)]) }
        }
        return ProposalMapBalance(prior: 10, compatibility: .official).targets(
            labels, medium: try draws("random_medium"), low: try draws("random_low"))
    }
}

@Suite("G-TAD agrees with the reference")
struct GTADFixtureTests {
    @Test("features, neighbours, maps and boundaries", arguments: GTADFixture.names)
    func forward(_ name: String) throws {
        let fixture = try GTADFixture(name)
        let head = try fixture.head(), batch = try fixture.batch(), file = try fixture.tensors("outputs")
        let features = head.features(batch.features, on: nil)
        let base = features.base.transposed([0, 2, 1]).elements
        #expect(try largestDifference(base, file.values("base_feature")) < 2e-5)
        let graph = features.graph.transposed([0, 2, 1]).elements
        #expect(try largestDifference(graph, file.values("gcnext_feature")) < 2e-5)
        for (index, found) in features.neighbors.enumerated() {
            let reference = try file.integers("knn_backbone\(index + 1)")
            for row in 0..<(reference.count / 3) {
                let length = head.maximumLength
                let ours = found.rows[(3 * row)..<(3 * row + 3)].map { $0 % length }
                #expect(Set(ours) == Set(reference[(3 * row)..<(3 * row + 3)]))
            }
        }
        let output = head.forward(batch, on: nil)
        #expect(
            try largestDifference(
                output.overlaps.transposed([0, 3, 1, 2]).elements, file.values("confidence_map")) < 2e-5)
        #expect(try largestDifference(output.starts.elements, file.values("start")) < 2e-5)
        #expect(try largestDifference(output.ends.elements, file.values("end")) < 2e-5)
    }

    @Test("the samples of the first proposals and of their context", arguments: GTADFixture.names)
    func alignment(_ name: String) throws {
        let fixture = try GTADFixture(name)
        let head = try fixture.head(), settings = head.settings
        let features = head.features(try fixture.batch().features, on: nil)
        let entry = try #require(fixture.tensors("outputs").entries["aligned_map"])
        let (channels, length) = (settings.channels, settings.maximumLength)
        let positions = entry.shape[1] / channels
        var ours = [Float](repeating: 0, count: entry.values.count)
        var first = 0
        for (source, count) in [
            (features.graph, settings.innerPositions), (features.context, settings.contextPositions),
        ] {
            guard let source else { continue }
            let sampling = ProposalSampling(
                length: length, durations: settings.maximumDuration, positions: count,
                rule: .bins(samples: settings.samplesPerPosition))
            for cell in 0..<(4 * length) {
                sampling.forEachWeight(cell: cell) { position, time, weight in
                    source.withElements { source in
                        for channel in 0..<channels {
                            ours[(channel * positions + first + position) * 4 * length + cell] +=
                                weight * source[time * channels + channel]
                        }
                    }
                }
            }
            first += count
        }
        #expect(largestDifference(ours, entry.values) < 2e-5)
    }

    @Test("labels of the annotated segments", arguments: GTADFixture.names)
    func labels(_ name: String) throws {
        let fixture = try GTADFixture(name)
        let items = try #require(fixture.expected["annotations"] as? [[String: Any]])
        let stored = try fixture.storedLabels()
        for (item, reference) in zip(items, stored) {
            func number(_ key: String) throws -> Float { try #require(item[key] as? NSNumber).floatValue }
            let frames = try number("frames_per_snippet"), edge = try number("anchor_xmin_first")
            let segments = try #require(item["gt_frames"] as? [[NSNumber]])
            let shift = try number("window_first_snippet") * 1
            let labels = ProposalLabels(
                segments: segments.map {
                    ($0[0].floatValue / frames - shift, $0[1].floatValue / frames - shift)
                }, length: reference.length, durations: reference.durations, boundaryWidth: 1,
                offset: edge.rounded(.towardZero) / frames - shift)
            #expect(largestDifference(labels.overlaps, reference.overlaps) < 2e-6)
            #expect(largestDifference(labels.starts, reference.starts) < 2e-6)
            #expect(largestDifference(labels.ends, reference.ends) < 2e-6)
        }
    }

    private func pass(_ head: GTAD, _ fixture: GTADFixture) throws -> (LossReport, GradientSum) {
        let tape = Tape(isTraining: false)
        let sums = head.loss(head.forward(try fixture.batch(), on: tape), try fixture.targets())
        let report = head.combine(sums.map { Double($0.scalar) })
        var total = GradientSum(of: head.parameters)
        total.add(tape.gradients(of: zip(sums, report.outputGradients).map { ($0, Tensor(Float($1))) }))
        return (report, total)
    }

    @Test("losses, every gradient, and three steps of Adam", arguments: GTADFixture.names)
    func training(_ name: String) throws {
        let fixture = try GTADFixture(name)
        let head = try fixture.head()
        let losses = try #require(fixture.expected["losses"] as? [String: NSNumber])
        let adam = try #require(fixture.expected["adam"] as? [String: Any])
        let references = try #require(adam["losses"] as? [NSNumber]).map(\.doubleValue)
        let gradients = try fixture.tensors("grads")
        var optimizer = Adam(head.namedParameters(), weightDecay: 1e-4)
        for step in 0..<3 {
            let (report, sum) = try pass(head, fixture)
            #expect(abs(report.total - references[step]) < (step == 0 ? 1e-5 : 2e-4) * references[step])
            if step == 0 {
                let keys = ["node", "subgraph_regression", "subgraph_classification"]
                for (value, key) in zip(report.terms, keys) {
                    let reference = try #require(losses[key]).doubleValue
                    #expect(abs(value - reference) < 1e-5 * reference, "\(key)")
                }
                #expect(head.officialParameters.count == gradients.entries.count)
                for (official, gradient) in zip(head.officialParameters, sum.gradients) {
                    let entry = try #require(gradients.entries[official.name])
                    let expected = official.convert(Tensor(entry.values, shape: entry.shape)).elements
                    let largest = expected.reduce(0) { max($0, abs($1)) }
                    let difference = largestDifference(try #require(gradient).elements, expected)
                    #expect(difference <= 1e-4 * largest + 1e-6, "\(official.name): \(difference) of \(largest)")
                }
            }
            optimizer.step(
                gradients: sum.gradients, rate: 1e-3,
                gradientScale: GradientSum.clippingScale(norm: sum.norm, limit: 1))
        }
        let after = try fixture.tensors("adam_3_steps")
        var compared = 0
        for official in head.officialParameters {
            guard let entry = after.entries[official.name] else { continue }
            let expected = official.convert(Tensor(entry.values, shape: entry.shape)).elements
            let gradient = try #require(gradients.entries[official.name])
            let scale = official.convert(Tensor(gradient.values, shape: gradient.shape)).elements
            let noise = 1e-4 * scale.reduce(0) { max($0, abs($1)) }
            // Adam divides a gradient by its own size, so steps along gradients that are rounding noise are arbitrary.
            let differences = zip(zip(official.parameter.value.elements, expected), scale).map { pair, gradient in
                abs(gradient) < noise ? 0 : abs(pair.0 - pair.1)
            }
            #expect(differences.allSatisfy { $0 <= 5e-5 }, "\(official.name): \(differences.max() ?? 0)")
            compared += 1
        }
        #expect(compared == after.entries.count)
    }

    @Test("proposals inside the sequence and their soft suppression", arguments: GTADFixture.names)
    func proposals(_ name: String) throws {
        let fixture = try GTADFixture(name)
        let head = try fixture.head(), file = try fixture.tensors("postprocess")
        let frames = Float(try fixture.option("skip_videoframes"))
        var settings = PostProcessingSettings()
        (settings.scoreThreshold, settings.proposalsPerLevel, settings.minimumLength) = (-1, 1_000_000, 0)
        let found = head.proposals(head.forward(try fixture.batch(), on: nil), settings: settings)
        for item in 0..<2 {
            let rows = try file.values("proposals_\(item)")
            let reference = stride(from: 0, to: rows.count, by: 4).map { Array(rows[$0..<($0 + 4)]) }
            // The reference leaves out proposals that end with the sequence.
            let ours = found[item].starts.indices.filter { found[item].ends[$0] < Float(head.maximumLength) - 1 }
                .sorted {
                    (found[item].ends[$0] - found[item].starts[$0], found[item].starts[$0])
                        < (found[item].ends[$1] - found[item].starts[$1], found[item].starts[$1])
                }
            #expect(ours.count == reference.count)
            let offset = reference[0][0]
            for (index, row) in zip(ours, reference) {
                #expect(abs((found[item].starts[index] + 0.5) * frames + offset - row[0]) < 1e-3)
                #expect(abs((found[item].ends[index] + 0.5) * frames + offset - row[1]) < 1e-3)
                #expect(abs(found[item].scores[index] - row[2] * row[3]) < 2e-5)
            }
            var suppression = SuppressionSettings()
            suppression.sigma = try #require(fixture.options["nms_thr"] as? NSNumber).floatValue
            (suppression.minimumScore, suppression.maximumSegments, suppression.classWise) = (0, 200, false)
            let input = Proposals(
                starts: reference.map { $0[0] }, ends: reference.map { $0[1] },
                scores: reference.map { $0[1] - $0[0] >= 300 ? 0 : $0[2] * $0[3] }, labels: reference.map { _ in 0 })
            let kept = NonMaximumSuppression(suppression)(input)
            let expected = try file.values("soft_nms_\(item)")
            let scores = stride(from: 0, to: expected.count, by: 3).map { expected[$0] }
            #expect(kept.count - scores.count <= 1)
            #expect(largestDifference(Array(kept.scores.prefix(scores.count)), scores) < 1e-5)
        }
    }

    @Test("detections of a video from two windows", arguments: GTADFixture.names)
    func detections(_ name: String) throws {
        let fixture = try GTADFixture(name)
        let expected = try #require(fixture.expected["postprocess"] as? [String: Any])
        func number(_ key: String) throws -> Double { try #require(expected[key] as? NSNumber).doubleValue }
        let file = try fixture.tensors("postprocess")
        var settings = PostProcessingSettings()
        settings.suppression.sigma = Float(try number("nms_thr"))
        (settings.suppression.minimumScore, settings.suppression.classWise) = (0, false)
        settings.fusion.formula = .product
        let scores = try #require(expected["video_class_scores"] as? [NSNumber]).map(\.doubleValue)
        let classes = try #require(expected["class_names_in_score_order"] as? [String])
        // Positions are frames here.
        var grid = SnippetGrid(
            frameRateNumerator: Int(try number("fps")), frameRateDenominator: 1, strideFrames: 1, windowFrames: 1)
        grid.windowFrames = 0
        var proposals = Proposals()
        for item in 0..<(try #require(expected["window_frame_offsets"] as? [Int]).count) {
            let rows = try file.values("proposals_\(item)")
            let found = stride(from: 0, to: rows.count, by: 4).filter { rows[$0 + 1] - rows[$0] < 300 }
            proposals.append(
                contentsOf: NonMaximumSuppression(settings.suppression)(
                    Proposals(
                        starts: found.map { rows[$0] }, ends: found.map { rows[$0 + 1] },
                        scores: found.map { rows[$0 + 2] * rows[$0 + 3] }, labels: found.map { _ in 0 })))
        }
        let detections = PostProcessing(settings).detections(
            from: proposals, video: "v", grid: grid, durationSeconds: try number("num_frames") / number("fps"),
            classes: classes, videoScores: scores)
        let references = try #require(expected["detections"] as? [[String: Any]])
        var rest = detections, matched = 0, compared = 0
        for reference in references {
            let score = try #require(reference["score"] as? NSNumber).doubleValue
            let segment = try #require(reference["segment"] as? [NSNumber]).map(\.doubleValue)
            // The reference also keeps segments that begin after the end of the video.
            guard segment[0] < segment[1] else { continue }
            compared += 1
            // The reference rounds scores to 6 decimals and times to 0.1 seconds.
            let match = rest.firstIndex {
                $0.label == reference["label"] as? String && abs($0.score - score) < 2e-5
                    && abs($0.segment.start - segment[0]) < 0.0501 && abs($0.segment.end - segment[1]) < 0.0501
            }
            guard let match else { continue }
            rest.remove(at: match)
            matched += 1
        }
        #expect(compared > 300 && Double(matched) >= 0.98 * Double(compared), "\(matched) of \(compared)")
    }
}

@Suite("Windows of THUMOS14 agree with G-TAD")
struct GTADWindowTests {
    private let expected: [String: Any]
    private let file: TensorFile
    private let frames: Int
    private let length: Int

    init() throws {
        let folder = Fixture.reference("gtad/thumos_windows")
        expected = try Fixture.json(folder.appendingPathComponent("expected.json"))
        file = try TensorFile(folder.appendingPathComponent("windows.safetensors"))
        frames = try #require(expected["skip_videoframes"] as? Int)
        length = try #require(expected["temporal_scale"] as? Int)
    }

    private func windows(_ subset: String) throws -> [[String: Any]] {
        try #require((expected["windows"] as? [String: Any])?[subset] as? [[String: Any]])
    }

    @Test("detection sees the same windows")
    func inference() throws {
        var settings = WindowSettings()
        settings.policy = .sliding
        let preparation = SamplePreparation(settings, maximumLength: length)
        let references = Dictionary(grouping: try windows("inference")) { $0["video"] as? String ?? "" }
        let videos = try #require(expected["videos"] as? [String: [String: Any]])
        #expect(references.count == videos.count)
        for (video, values) in videos {
            let flow = try #require(values["num_flow_frames"] as? Int)
            let count = (min(flow, try #require(values["num_rgb_frames"] as? Int)) + frames - 1) / frames
            let sample = Sample(video: video, features: .zeros([count, 1]), grid: TemporalMaxerTests.grid)
            let starts = try #require(references[video]).compactMap { $0["first_frame"] as? Int }
            #expect(preparation.windows(of: sample).map { $0.first * frames } == starts)
        }
    }

    @Test("labels of the training windows")
    func labels() throws {
        let durations = try #require(expected["max_duration"] as? Int)
        for (index, window) in try windows("train").enumerated() {
            let first = Float(try #require(window["first_frame"] as? Int)), stride = Float(frames)
            let segments = try #require(window["gt_frames"] as? [[NSNumber]]).map {
                (start: ($0[0].floatValue - first) / stride, end: ($0[1].floatValue - first) / stride)
            }
            // The reference cuts the left edge of the first cell off to whole frames.
            let edge = (first - stride / 2).rounded(.towardZero)
            let labels = ProposalLabels(
                segments: segments, length: length, durations: durations, boundaryWidth: 1,
                offset: (edge - first) / stride)
            #expect(try largestDifference(labels.starts, file.values("train/\(index)/start")) < 2e-6)
            #expect(try largestDifference(labels.ends, file.values("train/\(index)/end")) < 2e-6)
            var reference = try file.values("train/\(index)/iou_map")
            // There, cells beyond the window are masked later.
            for cell in reference.indices where !labels.isInside(cell) { reference[cell] = 0 }
            #expect(largestDifference(labels.overlaps, reference) < 2e-6)
        }
    }
}
