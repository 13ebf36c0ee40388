import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

/// The Python on the path, if it has h5py.
private enum Python {
    static let hasH5py = (try? run("import h5py")) != nil

    /// Runs a program and returns what it prints.
    static func run(_ program: String, _ arguments: [String] = []) throws -> String {
        let result = try RunProcess.run("python3", ["-c", program] + arguments)
        guard result.status == 0 else { throw Failure() }
        return result.output
    }

    private struct Failure: Error {}
}

@Suite("h5py", .enabled(if: Python.hasH5py))
struct H5pyTests {
    @Test("h5py reads what we write", arguments: FeaturePrecision.allCases)
    func reading(precision: FeaturePrecision) throws {
        try FeatureExamples.withStorePath { path in
            let sequence = FeatureExamples.sequence("vidéo 1", length: 300, channels: 130)
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin, precision: precision)
            try writer.write(sequence, frameCount: 2400, sourceSHA256: "feed")
            try writer.close()
            let program = """
                import h5py, sys
                f = h5py.File(sys.argv[1])
                g = f["videos"]["vidéo 1"]
                d = g["features"]
                a = g.attrs
                text = lambda value: value.decode()
                print(f.attrs["format_version"], text(f.attrs["encoder"]), text(f.attrs["encoder_config"]),
                    text(f.attrs["weights_sha256"]))
                print(d.dtype, d.shape, d.maxshape, d.fletcher32, d.chunks[1])
                print(a["fps_numerator"], a["fps_denominator"], a["stride_frames"], a["window_frames"], a["frame_count"],
                    text(a["source_sha256"]), a["complete"])
                print(float(d[299, 129]), float(a["duration_seconds"]))
                """
            let last = sequence.features[299, 129]
            let stored = precision == .float32 ? last : HalfPrecision.float(HalfPrecision.bits(last))
            let lines = try Python.run(program, [path]).split(separator: "\n").map(String.init)
            try #require(lines.count == 4)
            #expect(lines[0] == #"2 test {"name": "test"} abc"#)
            #expect(lines[1] == "\(precision.rawValue) (300, 130) (None, 130) True 130")
            #expect(lines[2] == "30000 1001 8.0 16.0 2400 feed 1")
            #expect(lines[3] == "\(Double(stored)) \(sequence.durationSeconds ?? 0)")
        }
    }

    @Test("we read what h5py writes", arguments: ["f2", "f4", "f8"], ["", "compression='gzip',"])
    func writing(type: String, options: String) throws {
        try FeatureExamples.withStorePath { path in
            let program = """
                import h5py, numpy, sys
                f = h5py.File(sys.argv[1], "w")
                f.attrs.update(format_version=1, encoder="e", encoder_config="{}", weights_sha256=numpy.bytes_("aa"))
                g = f.create_group("videos/some video")
                g.create_dataset("features", data=numpy.arange(600).reshape(100, 6).astype("\(type)") / 8, \(options))
                g.attrs.update(fps_numerator=numpy.int32(30), fps_denominator=1, stride_frames=4, window_frames=16.0,
                    complete=True)
                """
            _ = try Python.run(program, [path])
            let store = try FeatureStore(path)
            #expect(store.origin == FeatureOrigin(encoder: "e", encoderConfiguration: "{}", weightsSHA256: "aa"))
            let sequence = try store.sequence(for: "some video")
            #expect(sequence.features.elements == (0..<600).map { Float($0) / 8 })
            #expect(sequence.grid == SnippetGrid(frameRateNumerator: 30, strideFrames: 4, windowFrames: 16))
        }
    }
}
