import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

@Suite("damaged and hostile stores")
struct DamagedStoreTests {
    private static func fixture(_ name: String) -> String { Fixture.url("features/\(name).h5").path }

    @Test("the library runs in a process of its own")
    func isolated() { #expect(IsolatedProcess.isAvailable) }

    @Test("signals to all processes of a job leave the reading to this one", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(signal: Int32) throws {
        let process = try IsolatedProcess()
        #expect(kill(process.process, signal) == 0)
        #expect(try !process.ask(Data("?".utf8)).isEmpty)
        #expect(kill(process.process, signal) == 0)
        #expect(try !process.ask(Data("?".utf8)).isEmpty)
    }

    @Test("the reading goes on when the thread that began it has ended")
    func thread() throws {
        /// What the thread leaves behind; read only after it has ended.
        final class Begun {
            var process: IsolatedProcess?
        }
        let begun = Begun()
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { begun in
                let begun = begun.map { Unmanaged<Begun>.fromOpaque($0).takeUnretainedValue() }
                begun?.process = try? IsolatedProcess()
                _ = try? begun?.process?.ask(Data("?".utf8))
                return nil
            }, Unmanaged.passUnretained(begun).toOpaque())
        try #require(status == 0)
        pthread_join(thread, nil)
        let process = try #require(begun.process)
        // The kernel tells the copy a moment after others can know.
        for _ in 0..<50 {
            #expect(try !process.ask(Data("?".utf8)).isEmpty)
            usleep(2000)
        }
    }

    @Test("a store of version 1 is read, and becomes one of version 2 when an extraction goes on")
    func oldVersion() throws {
        let old = try FeatureStore(Self.fixture("store-1"))
        let videos = old.videos
        #expect(!videos.isEmpty)
        let sequences = try videos.map { try old.sequence(for: $0).features.elements }
        try FeatureExamples.withStorePath { path in
            try FileManager.default.copyItem(atPath: Self.fixture("store-1"), toPath: path)
            let writer = try FeatureStoreWriter(path, origin: #require(old.origin))
            #expect(writer.complete.videos == videos)
            try writer.write(FeatureExamples.sequence("new"), sourceSHA256: "00ff")
            try writer.close()
            let store = try FeatureStore(path)
            #expect(store.videos == (videos + ["new"]).sorted() && store.origin == old.origin)
            #expect(try videos.map { try store.sequence(for: $0).features.elements } == sequences)
            #expect(try videos.map { try store.header(for: $0) } == videos.map { try old.header(for: $0) })
            let root = try HDF5File(path, .reading).root()
            #expect(try root.integer("format_version") == 2)
            for name in ["encoder", "encoder_config", "weights_sha256"] {
                #expect(try !root.isVariableText(name))
            }
            for name in try root.group("videos").names() {
                #expect(try !root.group("videos").group(name).isVariableText("source_sha256"))
            }
        }
    }

    @Test("a new store has no text outside of its checksummed headers")
    func noHeap() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("v"), frameCount: 7, sourceSHA256: "00ff")
            try writer.close()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(bytes.range(of: Data("GCOL".utf8)) == nil)
        }
    }

    @Test(
        "an empty or a long text comes back", arguments: ["", "é漢", String(repeating: "configuration ", count: 10_000)])
    func texts(text: String) throws {
        try FeatureExamples.withStorePath { path in
            var origin = FeatureExamples.origin
            origin.encoderConfiguration = text
            try FeatureStoreWriter(path, origin: origin).close()
            #expect(try FeatureStore(path).origin == origin)
        }
    }

    /// Sizes and numbers in the heap of the texts, which has no checksum: libhdf5 1.10 crashes on most of these bits.
    @Test("a flipped bit in the heap of an old store gives an error or the right values", arguments: 0..<6)
    func heap(part: Int) throws {
        let good = try Data(contentsOf: URL(fileURLWithPath: Self.fixture("store-1")))
        let heap = try #require(good.range(of: Data("GCOL".utf8))).lowerBound
        let expected = try FeatureStore(Self.fixture("store-1"))
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("damaged.h5").path
            for offset in stride(from: part, to: 48, by: 6) {
                var bytes = good
                bytes[heap + offset] ^= UInt8(1 << (offset % 8))
                try bytes.write(to: URL(fileURLWithPath: path))
                do {
                    let store = try FeatureStore(path, reader: HDF5Reader(processorSeconds: 1))
                    for video in store.videos {
                        let read = try store.sequence(for: video).features.elements
                        #expect(try read == expected.sequence(for: video).features.elements)
                    }
                } catch is FeatureError {}
            }
        }
    }

    @Test(
        "a reader that crashes is an error, and the next file is read all the same",
        .disabled(if: Sanitizer.isActive, "the library reads past a block, which crashes with the usual allocator only")
    )
    func crash() throws {
        let good = try Data(contentsOf: URL(fileURLWithPath: Self.fixture("store-1")))
        var bytes = good
        bytes[try #require(good.range(of: Data("stride_frames".utf8))).lowerBound + 51] ^= 2
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("damaged.h5").path
            try bytes.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: FeatureError.self) {
                let store = try FeatureStore(path, reader: HDF5Reader(processorSeconds: 1))
                for video in store.videos { _ = try store.sequence(for: video) }
            }
            #expect(error?.description.contains("damaged") == true)
            #expect(try !FeatureStore(Self.fixture("store-1")).videos.isEmpty)
        }
    }

    @Test("random damage to a store gives an error or the right values")
    func random() throws {
        try FeatureExamples.withStorePath { path in
            let expected = FeatureExamples.sequence("v", length: 40, channels: 20)
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(expected, sourceSHA256: "00ff")
            try writer.close()
            let good = try Data(contentsOf: URL(fileURLWithPath: path))
            var generator = RandomGenerator(seed: 12)
            var refused = 0
            for _ in 0..<60 {
                var bytes = good
                bytes[generator.integer(in: 0...(good.count - 1))] ^= UInt8(1 << generator.integer(in: 0...7))
                try bytes.write(to: URL(fileURLWithPath: path))
                do {
                    let store = try FeatureStore(path, reader: HDF5Reader(processorSeconds: 1))
                    let read = try store.sequence(for: "v")
                    #expect(read.features.elements == expected.features.elements)
                } catch is FeatureError {
                    refused += 1
                }
            }
            #expect(refused > 20)
        }
    }

    @Test(
        "what leads out of the file is refused by name",
        arguments: [
            ("soft-videos", "'videos' is a soft link"), ("soft-video", "'v' is a soft link"),
            ("external-video", "'v' is an external link"), ("external-features", "'features' is an external link"),
            ("virtual", "virtual"), ("external-storage", "lie in other files"),
        ])
    func links(name: String, problem: String) throws {
        let error = #expect(throws: FeatureError.self) {
            try FeatureStore(Self.fixture(name)).sequence(for: "v")
        }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("a pipe is no store and is not waited for")
    func pipe() throws {
        try FeatureExamples.withStorePath { path in
            #expect(mkfifo(path, 0o600) == 0)
            #expect(throws: FeatureError.self) { try FeatureStore(path) }
        }
    }
}

@Suite("trust in the folder of parts")
struct PartsFolderTests {
    @Test("a link in place of the folder is refused, and nothing behind it is touched")
    func plantedFolder() throws {
        try FeatureExamples.withStorePath { path in
            let folder = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder + "/mine", withIntermediateDirectories: false)
            for name in ["notes.tmp", "a.part.h5.0.tmp", "b.part.h5"] {
                try Data("keep".utf8).write(to: URL(fileURLWithPath: folder + "/mine/" + name))
            }
            try FileManager.default.createSymbolicLink(atPath: path + ".parts", withDestinationPath: "mine")
            #expect {
                try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            } throws: {
                "\($0)".contains("link")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/mine").count == 3)
        }
    }

    @Test("files of others in the folder stay, and links in it are neither read nor followed")
    func plantedLinks() throws {
        try FeatureExamples.withStorePath { path in
            let folder = (path as NSString).deletingLastPathComponent
            try Data("precious".utf8).write(to: URL(fileURLWithPath: folder + "/victim"))
            try FileManager.default.createDirectory(atPath: path + ".parts", withIntermediateDirectories: false)
            let part = FileDigest.sha256(of: "v").prefix(32) + ".part.h5"
            for name in [String(part), part + ".tmp", "store.tmp"] {
                try FileManager.default.createSymbolicLink(
                    atPath: path + ".parts/" + name, withDestinationPath: "../victim")
            }
            try Data("keep".utf8).write(to: URL(fileURLWithPath: path + ".parts/notes.tmp"))
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("v"))
            #expect(try FeatureStore(path).videos == ["v"])
            try writer.close()
            #expect(try FeatureStore(path).videos == ["v"])
            #expect(try String(contentsOfFile: folder + "/victim", encoding: .utf8) == "precious")
            #expect(FileManager.default.fileExists(atPath: path + ".parts/notes.tmp"))
        }
    }

    @Test("a store behind a link is written where the link leads")
    func linkedStore() throws {
        try FeatureExamples.withStorePath { path in
            let folder = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder + "/disk", withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "disk/real.h5")
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("v"))
            #expect(try FeatureStore(path).videos == ["v"])
            try writer.close()
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "disk/real.h5")
            #expect(try FeatureStore(folder + "/disk/real.h5").videos == ["v"])
        }
    }
}
