import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

@Suite("writing a feature store")
struct FeatureStoreWriterTests {
    @Test("finished videos are read from their parts before they are folded in")
    func parts() throws {
        try FeatureExamples.withStorePath { path in
            var writer: FeatureStoreWriter? = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer?.write(FeatureExamples.sequence("a"))
            try writer?.write(FeatureExamples.sequence("b"))
            _ = try writer?.begin("c", channels: 3, grid: FeatureExamples.grid)
            // Gone without closing, as after a crash.
            writer = nil
            #expect(try FeatureStore(path).videos == ["a", "b"])
            #expect(
                try FeatureStore(path).sequence(for: "b").features.elements
                    == FeatureExamples.sequence("b").features.elements)

            let again = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            #expect(again.complete.videos == ["a", "b"])
            try again.close()
            #expect(try FeatureStore(path).videos == ["a", "b"])
            #expect(!FileManager.default.fileExists(atPath: path + ".parts"))
        }
    }

    @Test("parts are folded in on the way once there are enough bytes")
    func foldsOnTheWay() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin, smallestFold: 1)
            for index in 0..<30 { try writer.write(FeatureExamples.sequence("v\(index)", length: 20, channels: 16)) }
            #expect(StoreLayout.parts(of: path).count < 15)
            try writer.close()
            let store = try FeatureStore(path)
            #expect(store.videos.count == 30)
            for video in store.videos {
                let expected = FeatureExamples.sequence(video, length: 20, channels: 16)
                #expect(try store.sequence(for: video).features.elements == expected.features.elements)
            }
        }
    }

    /// Every object header of the file format begins with "OHDR", the version and flags, of which the sixth says that
    /// times follow (HDF5 File Format Specification, "Version 2 Data Object Header Prefix").
    @Test("no object keeps the time at which it was made, so that the same features are the same bytes")
    func noTimes() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            for name in ["a", "b"] { try writer.write(FeatureExamples.sequence(name)) }
            try writer.close()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            var headers = 0
            var rest = bytes[...]
            while let signature = rest.range(of: Data("OHDR".utf8)) {
                #expect(bytes[signature.upperBound] == 2)
                #expect(bytes[signature.upperBound + 1] & 0x20 == 0)
                headers += 1
                rest = bytes[signature.upperBound...]
            }
            // The root, the group of videos and two data sets at least.
            #expect(headers >= 4)
        }
    }

    @Test("a second writer is refused while the first lives")
    func secondWriter() throws {
        try FeatureExamples.withStorePath { path in
            var first: FeatureStoreWriter? = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            #expect(first != nil)
            #expect(throws: FileError.inUse(path: path, process: Int(getpid()))) {
                try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            }
            first = nil
            #expect(throws: Never.self) { try FeatureStoreWriter(path, origin: FeatureExamples.origin).close() }
        }
    }

    @Test(
        "features of another encoder are refused",
        arguments: [
            FeatureOrigin(encoder: "other", encoderConfiguration: #"{"name": "test"}"#, weightsSHA256: "abc"),
            FeatureOrigin(encoder: "test", encoderConfiguration: "{}", weightsSHA256: "abc"),
            FeatureOrigin(encoder: "test", encoderConfiguration: #"{"name": "test"}"#, weightsSHA256: "abd"),
        ])
    func otherOrigin(origin: FeatureOrigin) throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("a"))
            try writer.close()
            #expect(throws: FeatureError.self) { try FeatureStoreWriter(path, origin: origin) }
            #expect(try FeatureStore(path).videos == ["a"])
        }
    }

    @Test("features computed in another precision are refused, and what a store does not say is not held against it")
    func otherPrecision() throws {
        func origin(_ precision: String?) -> FeatureOrigin {
            var origin = FeatureExamples.origin
            origin.encoderPrecision = precision
            return origin
        }
        func write(_ video: String, _ precision: String?, to path: String) throws {
            let writer = try FeatureStoreWriter(path, origin: origin(precision))
            try writer.write(FeatureExamples.sequence(video))
            // Parts are read too before they are folded in.
            #expect(try FeatureStore(path).videos.contains(video))
            try writer.close()
        }
        try FeatureExamples.withStorePath { path in
            try write("a", "float32", to: path)
            let error = #expect(throws: FeatureError.self) { try write("b", "bfloat16", to: path) }
            #expect(error?.description.contains("in float32 and not in bfloat16") == true)
            try write("c", "float32", to: path)
            #expect(try FeatureStore(path).origin == origin("float32"))
            #expect(try FeatureStore(path).videos == ["a", "c"])
        }
        try FeatureExamples.withStorePath { path in
            try write("a", nil, to: path)
            try write("b", "bfloat16", to: path)
            #expect(try FeatureStore(path).origin == origin(nil))
            #expect(try FeatureStore(path).videos == ["a", "b"])
        }
    }

    @Test("parts of another encoder never reach a new store")
    func partsOfOtherOrigin() throws {
        try FeatureExamples.withStorePath { path in
            do {
                let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
                try writer.write(FeatureExamples.sequence("a"))
            }
            try FileManager.default.removeItem(atPath: path)
            var other = FeatureExamples.origin
            other.weightsSHA256 = "other"
            #expect(throws: FeatureError.self) { try FeatureStoreWriter(path, origin: other) }
        }
    }

    @Test("a video made from another file counts as not done, and is replaced")
    func changedSource() throws {
        try FeatureExamples.withStorePath { path in
            var writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("v", length: 4), sourceSHA256: "old")
            try writer.close()
            writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            #expect(writer.complete.contains("v", sourceSHA256: "old") && writer.complete.contains("v"))
            #expect(!writer.complete.contains("v", sourceSHA256: "new"))
            try writer.write(FeatureExamples.sequence("v", length: 6), sourceSHA256: "new")
            #expect(try FeatureStore(path).header(for: "v").length == 6)
            try writer.close()
            #expect(try FeatureStore(path).header(for: "v").length == 6)
            #expect(try FeatureStore(path).videos == ["v"])
        }
    }

    @Test("leftovers and damaged parts of a crash are cleared away")
    func leftovers() throws {
        try FeatureExamples.withStorePath { path in
            do {
                let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
                try writer.write(FeatureExamples.sequence("a"))
                try writer.write(FeatureExamples.sequence("b"))
            }
            let folder = path + ".parts"
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder + "/x.part.h5.0123.tmp"))
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder + "/store.0123.tmp"))
            let damaged = try #require(StoreLayout.parts(of: path).first)
            let content = try Data(contentsOf: URL(fileURLWithPath: damaged))
            try content.prefix(content.count / 2).write(to: URL(fileURLWithPath: damaged))

            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            #expect(writer.discardedParts == [damaged])
            #expect(writer.complete.videos.count == 1)
            try writer.close()
            #expect(!FileManager.default.fileExists(atPath: folder))
            #expect(try FeatureStore(path).videos.count == 1)
        }
    }

    @Test("a crash after folding, before the parts are removed, does no harm")
    func crashAfterFold() throws {
        try FeatureExamples.withStorePath { path in
            do {
                let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
                try writer.write(FeatureExamples.sequence("a"))
            }
            let part = try #require(StoreLayout.parts(of: path).first)
            let content = try Data(contentsOf: URL(fileURLWithPath: part))
            try FeatureStoreWriter(path, origin: FeatureExamples.origin).close()
            try FileManager.default.createDirectory(atPath: path + ".parts", withIntermediateDirectories: true)
            try content.write(to: URL(fileURLWithPath: part))
            #expect(try FeatureStore(path).videos == ["a"])
            try FeatureStoreWriter(path, origin: FeatureExamples.origin).close()
            #expect(
                try FeatureStore(path).sequence(for: "a").features.elements
                    == FeatureExamples.sequence("a").features.elements)
        }
    }

    /// Each round ends at an event that is counted, and never by a clock: when so many videos are in the journal, or so many
    /// parts have been seen, as a generator says.
    @Test("killed twenty times on the way, the store loses nothing it had finished")
    func killed() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("features.h5").path
            var generator = RandomGenerator(seed: 11)
            var finished: Set<String> = []
            for round in 0..<20 {
                let (event, count) = (KilledExtraction.Event.allCases[round % 2], generator.integer(in: 1...30))
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [path = path as String, event = event as KilledExtraction.Event, count = count as Int] in
                    try KilledExtraction.run(path, until: event, count)
                }
                let store = try FeatureStore(path)
                let journal = try KilledExtraction.journal(of: path)
                if event == .journalLine { #expect(journal.count >= finished.count + count) }
                finished.formUnion(journal)
                #expect(finished.isSubset(of: store.videos))
                for video in store.videos {
                    let expected = FeatureExamples.sequence(video, length: 12, channels: 32)
                    #expect(try store.sequence(for: video).features.elements == expected.features.elements)
                }
            }
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            #expect(Set(writer.complete.videos).isSuperset(of: finished))
            try writer.close()
            #expect(try Set(FeatureStore(path).videos).isSuperset(of: finished))
        }
    }
}

/// What the process does that is killed: writes videos without end, notes each that is finished.
private enum KilledExtraction {
    enum Event: String, CaseIterable, Codable, Sendable {
        /// A video more is in the journal, so it must be in the store.
        case journalLine
        /// A part has appeared that was not there before; its video may be in the journal or not.
        case part
    }

    /// The videos that were finished before a process was killed.
    static func journal(of path: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: path + ".journal") else { return [] }
        let text = try String(contentsOfFile: path + ".journal", encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    static func run(_ path: String, until event: Event, _ count: Int) throws {
        let before = try journal(of: path).count, parts = Set(StoreLayout.parts(of: path))
        Thread.detachNewThread {
            var seen: Set<String> = []
            while true {
                switch event {
                case .journalLine:
                    if (try? journal(of: path).count) ?? 0 >= before + count { kill(getpid(), SIGKILL) }
                case .part:
                    seen.formUnion(StoreLayout.parts(of: path))
                    if seen.subtracting(parts).count >= count { kill(getpid(), SIGKILL) }
                }
                usleep(200)
            }
        }
        let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin, smallestFold: 20_000)
        let descriptor = open(path + ".journal", O_WRONLY | O_CREAT | O_APPEND, 0o666)
        for index in 0..<1_000_000 {
            let video = "video\(index)"
            guard !writer.complete.contains(video) else { continue }
            try writer.write(FeatureExamples.sequence(video, length: 12, channels: 32))
            let line = Array("\(video)\n".utf8)
            _ = write(descriptor, line, line.count)
        }
    }
}
