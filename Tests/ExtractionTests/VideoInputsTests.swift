import Foundation
import TestSupport
import Testing

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
            #expect(inputs.videos.map(\.id) == ["a", "b", "c d"])
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
            #expect(
                inputs.failures.map(\.error) == [
                    .missingInput(path: folder + "/gone.mp4"), .unreadableList(path: folder + "/no.txt"),
                ])
        }
    }

    @Test("no two files share an id, and each file comes once")
    func ids() throws {
        try Self.withTree(["x.mp4", "x.avi", "y.mp4", "s/y.mp4", "z.mp4", "x.mp4.mkv"]) { folder in
            let inputs = VideoInputs([folder, folder + "/z.mp4", folder + "/./z.mp4"])
            let ids = Dictionary(
                uniqueKeysWithValues: inputs.videos.map { (String($0.path.dropFirst(folder.count)), $0.id) })
            #expect(ids["/z.mp4"] == "z")
            #expect(ids["/x.avi"] == "x.avi")
            #expect(ids["/s/y.mp4"] == folder + "/s/y.mp4")
            #expect(ids["/y.mp4"] == folder + "/y.mp4")
            #expect(inputs.videos.count == 6 && Set(inputs.videos.map(\.id)).count == 6)
        }
    }

    @Test("a folder without videos is a failure")
    func emptyFolder() throws {
        try Self.withTree(["notes.txt"]) { folder in
            #expect(VideoInputs([folder]).failures.map(\.error) == [.noVideos(folder: folder)])
        }
    }
}
