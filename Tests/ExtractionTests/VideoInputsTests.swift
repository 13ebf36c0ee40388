import Files
import Foundation
import TestSupport
import Testing
import Video

@testable import Extraction

@Suite("inputs of an extraction")
struct VideoInputsTests {
    private static func withTree(_ files: [String], _ body: (String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            for file in files {
                let url = folder.appendingPathComponent(file)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data("x".utf8).write(to: url)
            }
            try body(folder.path)
        }
    }

    @Test("a folder gives its videos by name, however deep, and nothing hidden")
    func folder() throws {
        try Self.withTree(["b.mp4", "a.MKV", "sub/deep/c d.avi", "notes.txt", "._b.mp4", ".trash/x.mp4"]) { folder in
            let inputs = VideoInputs([folder])
            #expect(inputs.videos.map(\.id) == ["a", "b", "sub/deep/c d"])
            #expect(inputs.failures.isEmpty)
        }
    }

    @Test("a list names files and folders; comments and empty lines are left out")
    func list() throws {
        try Self.withTree(["b.mp4", "sub/a.mp4", "odd.xyz"]) { folder in
            let list = folder + "/list.txt"
            try Data("# videos\n\n\(folder)/odd.xyz\r\n  \(folder)/sub  \n\(folder)/gone.mp4\n".utf8)
                .write(to: URL(fileURLWithPath: list))
            let inputs = VideoInputs(["@" + list, folder + "/b.mp4", "@" + folder + "/no.txt"])
            #expect(inputs.videos.map(\.id) == ["odd", "a", "b"])
            try #require(inputs.failures.count == 2)
            #expect(inputs.failures[0].error as? FileError == .missing(path: folder + "/gone.mp4"))
            #expect(inputs.failures[1].error as? FileError == .missing(path: folder + "/no.txt"))
        }
    }

    @Test("ids do not depend on how a folder is written")
    func spelling() throws {
        try Self.withTree(["x/a.mp4", "x/s/b.mp4"]) { folder in
            let here = FileManager.default.currentDirectoryPath
            let up = String(repeating: "../", count: here.split(separator: "/").count)
            for spelling in ["/x", "/x/", "/./x", "/x/../x", "/x//"] {
                for base in [folder, up + folder.dropFirst()] {
                    #expect(VideoInputs([base + spelling]).videos.map(\.id) == ["a", "s/b"], "\(base + spelling)")
                }
            }
        }
    }

    @Test("files that would share an id are errors that name them, and each file comes once")
    func sharedIDs() throws {
        try Self.withTree(["x.mp4", "x.avi", "y.mp4", "s/y.mp4", "z.mp4", "x.mp4.mkv"]) { folder in
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/link.mp4", withDestinationPath: folder + "/z.mp4")
            let inputs = VideoInputs([folder + "/z.mp4", folder, folder + "/./z.mp4"])
            #expect(inputs.videos.map(\.id) == ["z", "s/y", "x.mp4", "y"])
            #expect(
                inputs.failures.map { $0.error as? ExtractionError } == [
                    .sharedID(id: "x", paths: [folder + "/x.avi", folder + "/x.mp4"])
                ])
            #expect(VideoInputs([folder + "/y.mp4", folder + "/s/y.mp4"]).videos.isEmpty)
            let text = try #require(inputs.failures.first.map { "\($0.error)" })
            #expect(text.contains("x.avi") && text.contains("x.mp4"))
        }
    }

    @Test("ids are composed, and two names that differ only so are an error")
    func composedNames() throws {
        let (composed, decomposed) = ("\u{E9}t\u{E9}", "e\u{301}te\u{301}")
        try Self.withTree(["a/\(decomposed).mp4", "b/\(decomposed).mp4", "b/\(composed).mp4"]) { folder in
            let id = try #require(VideoInputs([folder + "/a"]).videos.first?.id)
            #expect(Array(id.utf8) == Array(composed.utf8))
            // Some file systems hold one such name only.
            guard try FileManager.default.contentsOfDirectory(atPath: folder + "/b").count == 2 else { return }
            let twins = VideoInputs([folder + "/b"])
            #expect(twins.videos.isEmpty && twins.failures.count == 1)
        }
    }

    @Test("folders of pictures are videos where their rate is known")
    func pictures() throws {
        try Self.withTree(
            ["r/v1/img_1.jpg", "r/v1/img_2.jpg", "r/v2/img_1.jpg", "m/a.mp4", "m/a.jpg", "m/t/cover.png"]
        ) { folder in
            let raw = folder + "/r"
            #expect(
                VideoInputs([raw]).failures.map { $0.error as? ExtractionError } == [
                    .unknownPictureRate(folder: raw, count: 2, example: raw + "/v1")
                ])
            let rate = FrameRate(25)
            let found = VideoInputs([raw], pictureRate: rate)
            #expect(found.videos.map(\.id) == ["v1", "v2"] && found.videos.allSatisfy { $0.pictureRate == rate })
            #expect(VideoInputs([raw + "/v1/"], pictureRate: rate).videos.map(\.id) == ["v1"])
            #expect(VideoInputs([raw + "/v1/img_%d.jpg"], pictureRate: rate).videos.map(\.id) == ["v1"])
            #expect(VideoInputs([raw + "/v1/img_%d.jpg"]).failures.count == 1)
            // Pictures beside videos are thumbnails.
            #expect(VideoInputs([folder + "/m"]).videos.map(\.id) == ["a"])
            #expect(VideoInputs([folder + "/m"], pictureRate: rate).videos.map(\.id) == ["a", "t"])
        }
    }

    @Test("a folder without videos is a failure, and so is one with nothing but a pipe")
    func emptyFolder() throws {
        try Self.withTree(["notes.txt"]) { folder in
            try #require(mkfifo(folder + "/x.mp4", 0o600) == 0)
            #expect(
                VideoInputs([folder]).failures.map { $0.error as? ExtractionError } == [.noVideos(folder: folder)])
        }
    }
}
