import Foundation
import TestSupport
import Testing
import Video

@testable import Viewer

@Suite("copies that browsers play")
struct ViewerCopyTests {
    /// Asks for a copy until it is there, or cannot be made.
    private func copy(_ number: Int, of client: RawClient) async throws -> [String: Any] {
        var reply = try await client.write("POST", "api/videos/\(number)/copy", "{}").object()
        for _ in 0..<600 {
            let state = reply["state"] as? String
            guard state == "waiting" || state == "making" else { break }
            try await Task.sleep(for: .milliseconds(50))
            reply = try await client.ask("GET", "/\(client.token)/api/videos/\(number)/copy").object()
        }
        return reply
    }

    @Test("a copy is made when it is asked for, once, and is played in place of the file")
    func made() async throws {
        try await TemporaryFolder.with { parent in
            let folder = parent.appendingPathComponent("videos")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try TestVideo.write(
                to: folder.appendingPathComponent("a.avi"), count: 20, rate: FrameRate(10),
                options: WriterOptions(codec: .mpeg4))
            try TestViewer.bytes(1000).write(to: folder.appendingPathComponent("b.avi"))
            try await TestViewer.with(ViewerJob([folder.path])) { client in
                let page = "/\(client.token)/api/videos"
                let before = try await client.ask("GET", "\(page)/0/copy").object()
                #expect(before["state"] as? String == "none")
                try await client.expect(404, "GET", "/copies/0")
                let reply = try await copy(0, of: client)
                #expect(reply["state"] as? String == "ready" && reply["address"] as? String == "/copies/0")
                let sent = try await client.ask("GET", "/copies/0")
                #expect(sent.status == 200 && sent.headers["content-type"] == "video/mp4")
                let file = parent.appendingPathComponent("copy.mp4")
                try sent.body.write(to: file)
                #expect(try VideoInfo.read(file.path).codec == "h264")
                #expect(try TestVideo.read(file).map(\.number) == Array(0..<20))
                let part = try await client.ask("GET", "/copies/0", headers: ["Range": "bytes=5-14"])
                #expect(part.status == 206 && Array(part.body) == Array(sent.body.dropFirst(5).prefix(10)))
                // Whoever opens the video later gets the copy at once.
                let opened = try await client.ask("GET", "\(page)/0").object()
                #expect(opened["address"] as? String == "/copies/0")
                let broken = try await copy(1, of: client)
                #expect(
                    broken["state"] as? String == "failed" && (broken["reason"] as? String)?.contains("b.avi") == true)
                // Only the page may ask for one.
                try await client.expect(403, "POST", "/api/videos/0/copy")
                for address in ["/copies/2", "/copies/-1", "/copies/a", "/copies/"] {
                    try await client.expect(404, "GET", address)
                }
            }
        }
    }
}
