import Foundation
import ModelSupport
import SViLM
import Tensors
import TestSupport
import Testing
import Threads
import Video

@testable import VideoTasks

/// Whole videos against their clips, decoded and encoded one after the other.
@Suite struct WholeVideoEncoderTests {
    /// The vectors of a video without decoding ahead.
    private func plain(
        _ encoder: FrozenEncoder, _ path: String, _ interval: Range<Double>?
    ) throws -> WholeVideoEncoder.Encoded {
        let sampler = ClipSampler(
            decoder: try VideoDecoder(path: path), clock: encoder.configuration.clock,
            shape: FrameShape(size: encoder.configuration.imageSize), interval: interval)
        var common: [Tensor] = [], features: [Tensor] = []
        while let clip = try sampler.next() {
            let encoded = encoder(pixels: clip.pixels)
            common.append(encoder.globalFeatures(encoded).l2Normalized())
            features.append(encoder.features(encoded))
        }
        return WholeVideoEncoder.Encoded(
            common: Tensor.concatenated(common, axis: 0).mean(axes: [0]).l2Normalized(),
            feature: Tensor.concatenated(features, axis: 0).mean(axes: [0]))
    }

    private func identical(_ a: Tensor, _ b: Tensor) -> Bool { a.shape == b.shape && a.elements == b.elements }

    /// The matrix library of the plain engine rounds by the number of threads that it is given, which depends on what else runs.
    private func nearlyIdentical(_ a: Tensor, _ b: Tensor) -> Bool {
        a.shape == b.shape && zip(a.elements, b.elements).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
    }

    @Test(
        "vectors of whole videos and of parts are those of clips encoded one by one, bit for bit in packed kernels",
        arguments: [false, true])
    func identical(isPacked: Bool) throws {
        guard !isPacked || InferenceModel.canRun else { return }
        // Heads of 15 channels have no packed kernels.
        var configuration = InferenceModel.configuration { if !isPacked { ($0.width, $0.heads) = (60, 4) } }
        configuration.sampling.strideFrames = 2
        let encoder = InferenceModel.encoder(configuration, seed: 4)
        try TemporaryFolder.with { folder in
            let paths = (0..<3).map { folder.appendingPathComponent("\($0).mp4").path }
            for (number, path) in paths.enumerated() {
                try TestVideo.write(
                    to: URL(fileURLWithPath: path), count: 30 + 25 * number, width: 48, height: 32, rate: FrameRate(10)
                ) { frame in
                    let level = UInt8(frame * 3)
                    return RGBImage(width: 48, height: 32, red: level, green: 255 - level, blue: UInt8(40 * number))
                }
            }
            let videos: [(path: String, interval: Range<Double>?)] =
                paths.map { ($0, nil) } + [(paths[2], 2..<5), (paths[1], 1.3..<100)]
            var precisions = [ComputePrecision.float32]
            if isPacked, InferenceModel.canRunHalves { precisions.append(.bfloat16) }
            for precision in precisions {
                let frozen = try FrozenEncoder(encoder, precision: precision)
                let whole = try WholeVideoEncoder(encoder, precision: precision)
                let expected = try Parallel.map(videos.count) { index in
                    Result { try plain(frozen, videos[index].path, videos[index].interval) }
                }.map { try $0.get() }
                for (found, expected) in zip(try whole.encode(videos).map { try $0.get() }, expected) {
                    let isSame = isPacked ? identical : nearlyIdentical
                    #expect(isSame(found.feature, expected.feature) && isSame(found.common, expected.common))
                }
                guard isPacked else { continue }
                for (video, expected) in zip(videos, expected) {
                    let alone = try whole.encode(video.path, interval: video.interval)
                    #expect(identical(alone.feature, expected.feature) && identical(alone.common, expected.common))
                }
            }
        }
    }
}
