import Features
import Files
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@testable import Extraction

@Suite("manifests and addresses of videos")
struct VideoManifestTests {
    private static func read(_ text: String, name: String = "list", videos: [String] = []) throws
        -> (inputs: VideoInputs, folder: String)
    {
        try TemporaryFolder.with { folder in
            for video in videos { try Data("x\(video)".utf8).write(to: folder.appendingPathComponent(video)) }
            let path = folder.appendingPathComponent(name).path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return (VideoInputs([], manifests: [path]), folder.path)
        }
    }

    @Test("JSON lines and CSV say the same")
    func formats() throws {
        let lines = #"""
            {"id": "first", "path": "a.mp4", "duration": 61.5, "other": [1]}

            {"path": "b.b.mp4"}
            {"url": "https://example.org/c%20d.mp4?signature=a/b"}
            """#
        let table = """
            Duration, id ,path,url
            61.5,first,a.mp4,
            ,,b.b.mp4,
            ,,,https://example.org/c%20d.mp4?signature=a/b
            """
        let semicolons = """
            duration;id;path;url\r
            61.5;first;a.mp4;\r
            ;;b.b.mp4\r
            ;;;"https://example.org/c%20d.mp4?signature=a/b"\r
            """
        for text in [
            lines, table, "\u{FEFF}" + lines, "\u{FEFF}" + table, semicolons, semicolons.replacing(";", with: "\t"),
        ] {
            let (inputs, folder) = try Self.read(text, videos: ["a.mp4", "b.b.mp4"])
            #expect(inputs.failures.isEmpty)
            #expect(inputs.videos.map(\.id) == ["first", "b.b", "c d"])
            #expect(
                inputs.videos.map(\.path) == [
                    folder + "/a.mp4", folder + "/b.b.mp4", "https://example.org/c%20d.mp4?signature=a/b",
                ])
            #expect(inputs.videos.map(\.durationSeconds) == [61.5, nil, nil])
        }
    }

    @Test(
        "a wrong line is an error that names it",
        arguments: [
            ("{\"path\": \"a.mp4\"}\n{\"path\": 3}", "line 2: expected an object"),
            ("{\"id\": \"a\"}", "line 1: expected a path or a url"),
            ("{\"path\": \"a\", \"url\": \"http://b\"}", "one of them only"),
            ("{\"url\": \"ftp://b/c.mp4\"}", "'ftp://b/c.mp4' is no address"),
            ("{\"path\": \"a.mp4\", \"duration\": -1}", "line 1: duration is -1"),
            ("path,duration\na.mp4,1\nb.mp4,long", "line 3: duration is 'long'"), ("name\na.mp4", "columns name"),
            ("path,path\na.mp4,b.mp4", "two columns are called 'path'"), ("path,id\n", "names no video"),
            ("[{\"path\": \"a.mp4\"}]", "a JSON list; write an object a line"),
            ("path,id\na,b.mp4,x", "line 2: 3 cells in place of 2"),
        ])
    func wrong(text: String, expected: String) throws {
        let (inputs, folder) = try Self.read(text, videos: ["a.mp4"])
        let failure = try #require(inputs.failures.first)
        #expect(inputs.videos.isEmpty && failure.input == folder + "/list")
        #expect("\(failure.error)".contains(expected), "\(failure.error)")
    }

    @Test("files that are not there, and ids that are given twice, are named")
    func missing() throws {
        let (inputs, folder) = try Self.read(
            "path,id\na.mp4,x\nb.mp4,y\nno.mp4,z\nc.mp4,x", videos: ["a.mp4", "b.mp4", "c.mp4"])
        #expect(inputs.videos.map(\.id) == ["y"])
        let texts = inputs.failures.map { "\($0.error)" }
        #expect(texts.contains("\(folder)/no.mp4: no such file or folder"))
        #expect(texts.contains { $0.contains("share the id 'x'") })
    }

    @Test("a video is read from a server, also where the server is busy at first")
    func remote() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mp4")
            try TestVideo.writeMovingSquare(to: file, count: 60)
            let data = try Data(contentsOf: file)
            let server = try LoopbackServer([
                "v.mp4": (data, .plain), "busy.mp4": (data, .busy(requests: 2)),
                "text.mp4": (Data("no video".utf8), .plain),
            ])
            let extractor = FeatureExtractor(encoder: try FrameDifferenceEncoder(FrameDifferenceConfiguration()))
            let local = try extractor.features(of: VideoInput(id: "v", path: file.path)).sequence
            for name in ["v.mp4", "busy.mp4"] {
                let inputs = VideoInputs([server.url(name) + "?signature=1"])
                let video = try #require(inputs.videos.first)
                #expect(video.id == name.dropLast(4))
                let found = try extractor.features(of: video).sequence
                #expect(found.features.elements == local.features.elements)
                #expect(found.durationSeconds == local.durationSeconds)
            }
            #expect(server.requestCount("busy.mp4") >= 3)
            for (name, expected) in [("no.mp4", "404"), ("text.mp4", "Invalid data")] {
                let error = #expect(throws: FileError.self) {
                    try extractor.features(of: VideoInput(id: "v", path: server.url(name)))
                }
                #expect("\(try #require(error))".contains(expected), "\(String(describing: error))")
            }
            #expect(server.requestCount("no.mp4") == 1)
        }
    }

    @Test("a connection that breaks for good is an error, whether features are stored or not")
    func broken() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mp4")
            try TestVideo.writeMovingSquare(to: file, count: 60)
            let data = try Data(contentsOf: file)
            let server = try LoopbackServer(["v.mp4": (data, .broken(at: data.count / 3))])
            let encoder = try FrameDifferenceEncoder(FrameDifferenceConfiguration())
            let extractor = FeatureExtractor(encoder: encoder)
            let video = VideoInput(id: "v", path: server.url("v.mp4"))
            let error = #expect(throws: FileError.self) { try extractor.features(of: video) }
            #expect("\(try #require(error))".contains("connection broke"), "\(String(describing: error))")
            let store = try FeatureStoreWriter(folder.appendingPathComponent("f.h5").path, origin: encoder.origin)
            let report = try extractor.extract([video], into: store)
            #expect(report.extracted.isEmpty && report.failures.count == 1)
            #expect(report.failures.allSatisfy { "\($0.error)".contains("connection broke") })
        }
    }
}
