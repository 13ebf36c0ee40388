import Configuration
import Foundation
import Networks
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors

@Suite("The S-ViLM video encoder")
struct VideoEncoderTests {
    /// Small enough for a test in debug mode.
    static func configuration(_ change: (inout EncoderConfiguration) -> Void = { _ in }) -> EncoderConfiguration {
        var configuration = EncoderConfiguration()
        configuration.frames = 4
        configuration.imageSize = 32
        configuration.width = 16
        configuration.heads = 2
        configuration.groups = 3
        configuration.commonSpace = 12
        change(&configuration)
        return configuration
    }

    static func clip(_ configuration: EncoderConfiguration, seed: UInt64) -> Tensor {
        var generator = RandomGenerator(seed: seed)
        let size = configuration.imageSize
        let pixels = (0..<(configuration.frames * size * size * 3)).map { _ in UInt8(generator.integer(in: 0...255)) }
        return Tubelets(configuration)(pixels, frames: configuration.frames, height: size, width: size)
    }

    @Test("a clip alone and in a batch gives the same features")
    func batching() {
        let configuration = Self.configuration()
        let encoder = VideoEncoder(configuration, seed: 1)
        let clips = (0..<3).map { Self.clip(configuration, seed: $0) }
        let together = encoder.features(encoder(.stacked(clips)))
        #expect(together.shape == [3, 32])
        for (index, clip) in clips.enumerated() {
            let alone = encoder.features(encoder(.stacked([clip])))
            for (a, b) in zip(alone.elements, together.slice(axis: 0, index..<(index + 1)).elements) {
                #expect(abs(a - b) < 1e-5)
            }
        }
    }

    @Test("without a tape every token belongs to exactly one group")
    func oneHotAssignment() {
        let configuration = Self.configuration()
        let encoded = VideoEncoder(configuration, seed: 2)(.stacked([Self.clip(configuration, seed: 5)]))
        #expect(encoded.assignment.shape == [1, 8, 3])
        #expect(encoded.assignment.sum(axes: [2]).elements == [Float](repeating: 1, count: 8))
        #expect(Set(encoded.assignment.elements).isSubset(of: [0, 1]))
    }

    @Test("in training the gradient reaches every parameter, those of the assignment included")
    func gradients() {
        let configuration = Self.configuration()
        let encoder = VideoEncoder(configuration, seed: 3)
        let tape = Tape(isTraining: true, seed: 1)
        let encoded = encoder(tape.constant(.stacked([Self.clip(configuration, seed: 6)])))
        let loss =
            encoder.globalFeatures(encoded).squared().sum() + encoder.clipFeatures(encoded).squared().sum()
            + encoder.groupFeatures(encoded).squared().sum()
        let gradients = tape.gradients(of: loss)
        for (name, parameter) in encoder.namedParameters() {
            let size = gradients[parameter].map { $0.squared().sum().scalar } ?? .nan
            #expect(size.isFinite, "\(name)")
            // A key bias shifts all scores of a query alike, which softmax ignores.
            if !name.hasSuffix("key.bias") { #expect(size > 0, "\(name)") }
        }
    }

    @Test("groups that win no token stay finite, forwards and backwards")
    func emptyGroups() {
        var generator = RandomGenerator(seed: 4)
        let block = GroupingBlock(8, hidden: 16, using: &generator)
        let tape = Tape(isTraining: false)
        // One token for five groups: at least four are empty.
        let groups = tape.variable(.normal([1, 5, 8], using: &generator))
        let (moved, assignment) = block(groups: groups, tokens: tape.constant(.normal([1, 1, 8], using: &generator)))
        #expect(assignment.sum().scalar == 1)
        #expect(moved.elements.allSatisfy { $0.isFinite })
        let gradient = tape.gradients(of: moved.squared().sum())[groups]
        #expect(gradient?.elements.allSatisfy(\.isFinite) == true)
    }

    @Test("the paper's clip lengths give the paper's numbers of tokens", arguments: [(16, 1568), (32, 3136)])
    func tokenCounts(frames: Int, tokens: Int) throws {
        let path = Checkout.url("configs/encoders/svilm-base.yaml").path
        var configuration = try ConfigurationFile.load(EncoderConfiguration.self, from: path)
        configuration.frames = frames
        #expect(configuration.clipLength * configuration.gridSize * configuration.gridSize == tokens)
        #expect(configuration.groups == 32)
        #expect(configuration.groupingLayers == [6, 9, 12])
    }

    @Test("the shipped configurations are valid", arguments: ["svilm-tiny", "svilm-small", "svilm-base"])
    func shippedConfigurations(name: String) throws {
        let path = Checkout.url("configs/encoders/\(name).yaml").path
        let configuration = try ConfigurationFile.load(EncoderConfiguration.self, from: path)
        #expect(configuration.name == name)
    }

    @Test("mean-difference tubelets hold what plain ones hold")
    func tubelets() {
        let plain = Self.configuration { $0.tubelet = .plain }
        let turned = Self.configuration { $0.tubelet = .meanDifference }
        let a = Self.clip(plain, seed: 7), b = Self.clip(turned, seed: 7)
        let half = plain.tubeletValues / 2
        for place in [0, 1, half - 1] {
            let (first, second) = (a[1, 2, place], a[1, 2, half + place])
            #expect(abs(b[1, 2, place] - (first + second) / 2) < 1e-6)
            #expect(abs(b[1, 2, half + place] - 3 * (second - first)) < 1e-5)
        }
    }

    @Test("tubelets are cut row by row, values ordered frame, row, column, channel")
    func tubeletLayout() {
        let configuration = Self.configuration { $0.tubelet = .plain }
        var pixels = [UInt8](repeating: 0, count: 4 * 32 * 32 * 3)
        // Frame 3, pixel (row 17, column 2), green.
        pixels[((3 * 32 + 17) * 32 + 2) * 3 + 1] = 255
        let cut = Tubelets(configuration)(pixels, frames: 4, height: 32, width: 32)
        #expect(cut.shape == [2, 4, 1536])
        #expect(abs(cut[1, 2, 768 + (1 * 16 + 2) * 3 + 1] - 1) < 1e-6)
        #expect(abs(cut.elements.reduce(0, +) - (2 - Float(cut.count))) < 1)
    }

    @Test("clips of another length and size are encoded through interpolated positions")
    func otherSizes() {
        let encoder = VideoEncoder(Self.configuration(), seed: 8)
        let larger = Self.configuration {
            $0.frames = 6
            $0.imageSize = 48
        }
        let encoded = encoder(.stacked([Self.clip(larger, seed: 1)]), rows: 3, columns: 3)
        #expect(encoded.videoTokens.shape == [1, 3, 9, 16])
        #expect(encoded.global.elements.allSatisfy { $0.isFinite })
    }

    @Test("clips that are not told their times are encoded alike forwards and backwards, though not outside training")
    func timeDropout() {
        let configuration = Self.configuration {
            $0.timeDropout = 1
            // After the last layer, so that the noise of the assignment does not reach the video tokens.
            $0.groupingAfter = [$0.depth]
        }
        let encoder = VideoEncoder(configuration, seed: 8)
        let clip = Self.clip(configuration, seed: 9)
        let times = configuration.clipLength
        let backwards = Tensor.concatenated((0..<times).reversed().map { clip.slice(axis: 0, $0..<($0 + 1)) }, axis: 0)
        func difference(isTraining: Bool) -> Float {
            func tokens(_ clip: Tensor) -> Tensor {
                let tape = Tape(isTraining: isTraining, seed: 1)
                return encoder(tape.constant(.stacked([clip]))).videoTokens.detached
            }
            let (a, b) = (tokens(clip), tokens(backwards))
            return (0..<times).map { time in
                (a.slice(axis: 1, time..<(time + 1)) - b.slice(axis: 1, (times - 1 - time)..<(times - time))).squared()
                    .sum().scalar
            }.max() ?? .nan
        }
        #expect(difference(isTraining: true) < 1e-6)
        #expect(difference(isTraining: false) > 1e-4)
    }

    @Test("the same seed gives the same encoder, and saved weights give it back")
    func seedsAndFiles() throws {
        let configuration = Self.configuration()
        let first = VideoEncoder(configuration, seed: 1), other = VideoEncoder(configuration, seed: 2)
        #expect(Weights.hash(of: first) == Weights.hash(of: VideoEncoder(configuration, seed: 1)))
        #expect(Weights.hash(of: first) != Weights.hash(of: other))
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("encoder.safetensors").path
            try Weights.save(first, to: path)
            try Weights.load(other, from: path)
        }
        #expect(Weights.hash(of: first) == Weights.hash(of: other))
    }

    @Test("features have the channels the configuration promises")
    func featureChannels() {
        for feature in [EncoderConfiguration.Feature.global, .video, .both, .moments] {
            for space in [EncoderConfiguration.FeatureSpace.width, .common] where feature != .moments || space == .width
            {
                for source in [EncoderConfiguration.GlobalSource.groups, .video, .sum] {
                    let configuration = Self.configuration {
                        $0.feature = feature
                        $0.featureSpace = space
                        $0.global = source
                    }
                    let encoder = VideoEncoder(configuration, seed: 1)
                    let features = encoder.features(encoder(.stacked([Self.clip(configuration, seed: 2)])))
                    #expect(features.shape == [1, configuration.featureChannels])
                }
            }
        }
    }

    @Test(
        "impossible configurations are refused",
        arguments: [
            "frames: 3", "heads: 3", "image_size: 100", "grouping_after: [9]", "groups: 0", "mean: [0.5]", "witdh: 4",
            "{feature: moments, feature_space: common}",
        ])
    func refused(text: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.decode(EncoderConfiguration.self, from: text, file: "encoder.yaml")
        }
        #expect(error?.description.contains("encoder.yaml") == true)
    }
}
