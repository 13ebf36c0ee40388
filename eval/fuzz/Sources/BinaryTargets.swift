import Foundation

@testable import Features
@testable import Tensors
@testable import Video

extension FuzzTarget {
    /// NumPy's npy and npz.
    static let arrays = FuzzTarget("arrays", file: "input.npz") { path, _ in
        try each([
            { try Oracle.check(NpyFile.read(path)) },
            {
                let file = try NpzFile(path: path)
                for name in file.names {
                    _ = try file.shape(of: name)
                    try Oracle.check(file.array(name))
                }
            },
        ])
    }

    /// Features of others: an array a file in every format, as a folder holds them. The first byte chooses the format; what follows up to
    /// the first byte 0 is the grid.
    static let features = FuzzTarget("features", file: "input") { path, bytes in
        guard let first = bytes.first else { return }
        let content = bytes.dropFirst()
        let end = content.firstIndex(of: 0) ?? content.endIndex
        let folder = path + ".folder", format = ArrayFormat.allCases[Int(first) % ArrayFormat.allCases.count]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(content[end...].dropFirst()).write(to: URL(fileURLWithPath: "\(folder)/a.\(format.rawValue)"))
        try Data(content[..<end]).write(to: URL(fileURLWithPath: folder + "/grid.json"))
        let source = try ArrayFeatures(
            folder: folder, facts: ["a": VideoFacts(framesPerSecond: 25, durationSeconds: 10)])
        for video in source.videos {
            try each([
                { _ = try source.header(for: video) }, { try Oracle.check(source.sequence(for: video).features) },
            ])
        }
    }

    static let safetensors = FuzzTarget("safetensors", file: "input.safetensors") { path, _ in
        let file = try SafetensorsFile(path: path)
        for (name, entry) in file.entries {
            switch entry.type {
            case .float32, .float16, .bfloat16, .float64: try Oracle.check(file.tensor(named: name))
            default: _ = try file.integers(named: name)
            }
        }
    }

    /// PyTorch's files and bare pickles.
    static let pickle = FuzzTarget("pickle", file: "input.pt") { path, _ in
        try each([
            { _ = try SavedFile(path: path) },
            { _ = try PyTorchFile(path: path, unknownObjects: .kept) },
            { try Oracle.check(ArrayFormat.pt.read(path)) },
        ])
    }

    /// What is read of videos before FFmpeg: the boxes of MP4, and the units of H.264.
    static let video = FuzzTarget("video", file: "input.mp4") { path, bytes in
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw BrokenPromise("the input cannot be opened") }
        defer { close(descriptor) }
        let boxes = MovieBoxes(descriptor: descriptor, size: bytes.count)
        try BrokenPromise.unless(boxes.sampleCount >= 0, "\(boxes.sampleCount) samples")
        let extra = Array(bytes.prefix(8)), packet = Array(bytes.dropFirst(8))
        extra.withUnsafeBufferPointer { extra in
            packet.withUnsafeBufferPointer { packet in _ = H264Packets(extraData: extra).role(of: packet) }
        }
    }

    /// A feature store, which a process of its own opens; what libhdf5 does with it there ends in an error here at worst.
    static let store = FuzzTarget("store", file: "input.h5") { path, _ in
        let source = try FeatureSources.open(path)
        for video in source.videos.prefix(4) {
            _ = try source.header(for: video)
            try Oracle.check(source.sequence(for: video).features)
        }
    }
}
