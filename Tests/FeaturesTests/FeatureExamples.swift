import Foundation
import Tensors
import TestSupport

@testable import Features

/// Features made up for tests.
enum FeatureExamples {
    static let origin = FeatureOrigin(
        encoder: "test", encoderConfiguration: #"{"name": "test"}"#, weightsSHA256: "abc")
    static let grid = SnippetGrid(
        frameRateNumerator: 30000, frameRateDenominator: 1001, strideFrames: 8, windowFrames: 16)

    /// Features that depend on the id of the video alone.
    static func sequence(_ video: String, length: Int = 5, channels: Int = 3) -> FeatureSequence {
        let seed = video.utf8.reduce(UInt64(length)) { $0 &* 31 &+ UInt64($1) }
        var generator = RandomGenerator(seed: seed)
        let values = (0..<length * channels).map { _ in Float(generator.uniform(-2, 2)) }
        return FeatureSequence(
            video: video, features: Tensor(values, shape: [length, channels]), grid: grid,
            durationSeconds: Double(length) * 8 / 30 + 0.5)
    }

    /// A path in a fresh folder that goes afterwards.
    static func withStorePath<Result>(_ body: (String) throws -> Result) throws -> Result {
        try TemporaryFolder.with { try body($0.appendingPathComponent("features.h5").path) }
    }
}
