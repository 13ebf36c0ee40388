import Files
import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("What can be opened as a video")
struct InputKindTests {
    private func error(opening path: String) -> (any Error)? {
        do {
            _ = try VideoDecoder(path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test("a pipe without a writer, a device and an empty folder are errors at once")
    func unusable() throws {
        try TemporaryFolder.with { folder in
            let pipe = folder.appendingPathComponent("pipe.mp4").path
            try #require(mkfifo(pipe, 0o600) == 0)
            guard case FileError.malformed(pipe, _)? = error(opening: pipe) else {
                Issue.record("\(String(describing: error(opening: pipe)))")
                return
            }
            #expect(
                error(opening: "/dev/null") as? FileError
                    == .unreadable(path: "/dev/null", reason: "a device or socket, no file"))
            #expect(error(opening: folder.path) as? VideoError == .noPictures(folder: folder.path))
            #expect(error(opening: "") as? FileError == .missing(path: ""))
        }
    }

    @Test("a pipe is read as a stream, with the frames of the file", arguments: ["ts", "mkv", "mp4"])
    func pipe(kind: String) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.\(kind)"), pipe = folder.appendingPathComponent("pipe").path
            try TestVideo.write(to: url, count: 90, options: WriterOptions(keyFrameInterval: 12))
            let data = try Data(contentsOf: url)
            try #require(mkfifo(pipe, 0o600) == 0)
            Thread.detachNewThread {
                let descriptor = open(pipe, O_WRONLY)
                try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: data)
            }
            // The thread waits for a reader, which does not wait for it.
            var isReady = pollfd()
            let reader = open(pipe, O_RDONLY | O_NONBLOCK)
            isReady.fd = reader
            isReady.events = Int16(POLLIN)
            try #require(poll(&isReady, 1, 60_000) == 1)
            let clock = SamplingClock(frameRate: FrameRate(30), strideFrames: 20, windowFrames: 8, framesPerClip: 2)
            let stream = try ClipStream(
                path: pipe, clock: clock, shape: FrameShape(size: 16), options: DecoderOptions(threads: 3))
            close(reader)
            var shown: [Int] = []
            while let clip = try stream.next() {
                shown += (0..<clip.frameCount).map { TestVideo.number(of: clip.image($0)) }
            }
            #expect(shown == [2, 6, 22, 26, 42, 46, 62, 66, 82, 86])
            #expect(abs((stream.summary?.durationSeconds ?? 0) - 3) < 0.0011)
        }
    }

    @Test("text that names other files opens none of them")
    func listsOfFiles() throws {
        try TemporaryFolder.with { folder in
            let video = folder.appendingPathComponent("a.ts")
            try TestVideo.write(to: video, count: 20)
            for (name, text) in [
                ("list.ffconcat", "ffconcat version 1.0\nfile a.ts\n"),
                ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n"),
            ] {
                let list = folder.appendingPathComponent(name)
                try Data(text.utf8).write(to: list)
                guard case FileError.malformed? = error(opening: list.path) else {
                    Issue.record("\(name): \(String(describing: error(opening: list.path)))")
                    continue
                }
            }
        }
    }

    @Test("a small file whose frames are held for ever is given up")
    func endlessVideo() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(
                to: url, count: 10, rate: FrameRate(1), times: (0..<10).map { Double($0) * 500 })
            let clock = SamplingClock(frameRate: FrameRate(1), strideFrames: 100, windowFrames: 4)
            let decoder = try VideoDecoder(path: url.path, options: DecoderOptions(maximumSeconds: 2000))
            let sampler = ClipSampler(decoder: decoder, clock: clock, shape: FrameShape(size: 16))
            #expect(throws: VideoError.tooLong(file: url.path, maximumSeconds: 2000)) {
                while try sampler.next() != nil {}
            }
            let whole = ClipSampler(
                decoder: try VideoDecoder(path: url.path), clock: clock, shape: FrameShape(size: 16))
            while try whole.next() != nil {}
            #expect(whole.summary.durationSeconds > 4500)
        }
    }
}

@Suite("What the tables of an MP4 file claim")
struct MovieBoxesTests {
    private static func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        number(8 + content.count) + Array(kind.utf8) + content
    }

    private static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// A movie whose tracks have tables of samples of one byte each.
    private static func movie(_ counts: [Int]) -> [UInt8] {
        let tracks = counts.flatMap { count in
            box("trak", box("mdia", box("minf", box("stbl", box("stsz", number(0) + number(1) + number(count))))))
        }
        return box("ftyp", Array("isom".utf8)) + box("mdat", [UInt8](repeating: 0, count: 1000)) + box("moov", tracks)
    }

    private static func boxes(_ bytes: [UInt8]) throws -> MovieBoxes {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try Data(bytes).write(to: url)
            let input = try InputDescriptor(path: url.path)
            return MovieBoxes(descriptor: input.number, size: input.size)
        }
    }

    @Test("samples of all tracks and fragments are counted, and more than there are bytes are refused")
    func counts() throws {
        let honest = try Self.boxes(Self.movie([300, 200]))
        #expect(honest.sampleCount == 500 && honest.isCredible)
        let fragment = Self.box("moof", Self.box("traf", Self.box("trun", Self.number(0) + Self.number(7))))
        #expect(try Self.boxes(Self.movie([3]) + fragment + fragment).sampleCount == 17)
        let many = Self.movie([Int](repeating: 10_000_000, count: 150))
        #expect(try Self.boxes(many).sampleCount == 1_500_000_000)
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try Data(many).write(to: url)
            let error = try #require(throws: FileError.self) { try VideoDecoder(path: url.path) }
            #expect(error.description.contains("claim 1500000000 samples"))
        }
    }

    @Test("files of other kinds, and broken ones, claim nothing and end")
    func others() throws {
        let movie = Self.movie([300])
        #expect(try Self.boxes(Array("RIFFxxxxAVI ".utf8)).sampleCount == 0)
        #expect(try Self.boxes([]).isCredible)
        for cut in stride(from: 1, to: movie.count, by: 7) {
            #expect(try Self.boxes(Array(movie.prefix(cut))).isCredible)
        }
        // A box that claims to be nothing, and one of 2^63 bytes.
        #expect(try Self.boxes(movie + [0, 0, 0, 4] + Array("moov".utf8)).sampleCount == 300)
        #expect(
            try Self.boxes(movie + Self.number(1) + Array("moov".utf8) + [UInt8](repeating: 255, count: 8)).isCredible)
        let real = try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 40)
            let input = try InputDescriptor(path: url.path)
            return MovieBoxes(descriptor: input.number, size: input.size)
        }
        #expect(real.sampleCount == 40 && real.isCredible)
    }
}
