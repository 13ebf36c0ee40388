import Foundation
import TestSupport
import Testing

@testable import Viewer

struct ViewerServerTests {
    @Test("the videos are listed with their addresses, and hostile names stay text")
    func list() async throws {
        try await TemporaryFolder.with { parent in
            let names = ["a.mp4", "</script><img src=x onerror=alert(1)>.mp4".replacing("/", with: "_"), "\"q\".webm"]
            let folder = try TestViewer.folder(in: parent, names)
            try await TestViewer.with(ViewerJob([folder])) { client in
                let reply = try await client.ask("GET", "/api/videos")
                #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
                let videos = try #require(reply.json() as? [[String: Any]])
                #expect(
                    Set(videos.compactMap { $0["id"] as? String })
                        == Set(names.map { ($0 as NSString).deletingPathExtension }))
                for video in videos {
                    let address = try #require(video["address"] as? String)
                    #expect(try await client.ask("GET", address).body == TestViewer.bytes(1000))
                }
            }
        }
    }

    @Test("a video is sent in parts")
    func ranges() async throws {
        try await TemporaryFolder.with { parent in
            let size = 200_000, content = TestViewer.bytes(size)
            let folder = try TestViewer.folder(in: parent, ["a.mp4"], size: size)
            try await TestViewer.with(ViewerJob([folder])) { client in
                let whole = try await client.ask("GET", "/videos/0")
                #expect(whole.status == 200 && whole.body == content && whole.headers["accept-ranges"] == "bytes")
                #expect(whole.headers["content-type"] == "video/mp4")
                for (header, range) in [
                    ("bytes=0-0", 0..<1), ("bytes=70000-150000", 70_000..<150_001), ("bytes=199999-", 199_999..<size),
                    ("bytes=-5", 199_995..<size), ("bytes=10-999999", 10..<size),
                ] {
                    let part = try await client.ask("GET", "/videos/0", headers: ["Range": header])
                    #expect(part.status == 206 && part.body == content[range], "\(header)")
                    #expect(
                        part.headers["content-range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)")
                    #expect(part.headers["content-length"] == "\(range.count)")
                }
                let outside = try await client.ask("GET", "/videos/0", headers: ["Range": "bytes=200000-"])
                #expect(outside.status == 416 && outside.headers["content-range"] == "bytes */200000")
                let head = try await client.ask("HEAD", "/videos/0", headers: ["Range": "bytes=5-14"])
                #expect(head.status == 206 && head.body.isEmpty && head.headers["content-length"] == "10")
                let tag = try #require(whole.headers["etag"])
                for (condition, status) in [(tag, 206), ("\"other\"", 200)] {
                    let headers = ["Range": "bytes=0-9", "If-Range": condition]
                    try await client.expect(status, "GET", "/videos/0", headers: headers)
                }
            }
        }
    }

    @Test("no address leads out of the folder")
    func traversal() async throws {
        try await TemporaryFolder.with { parent in
            try Data("hidden words".utf8).write(to: parent.appendingPathComponent("secret.mp4"))
            let folder = try TestViewer.folder(in: parent, ["a.mp4"])
            let link = folder + "/link.mp4"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: parent.appendingPathComponent("secret.mp4").path)
            try await TestViewer.with(ViewerJob([folder])) { client in
                let listed = try await client.ask("GET", "/api/videos")
                #expect(try (listed.json() as? [Any])?.count == 1)
                let targets = [
                    "../secret.mp4", "..%2fsecret.mp4", "%2e%2e/secret.mp4", "%252e%252e%252fsecret.mp4",
                    "..\\secret.mp4",
                    "0/../../secret.mp4", "/etc/passwd", "%00", "0%00", "-1", "+0", "00", "1", "99999999999999999999",
                    "٠",
                    "a.mp4", "0/", "",
                ]
                for target in targets {
                    for start in [
                        "/videos/", "/\(client.token)/", "/\(client.token)/videos/", "/\(client.token)/api/videos/",
                    ] {
                        let reply = try await client.ask("GET", start + target)
                        guard !(target.isEmpty && start == "/\(client.token)/") else { continue }
                        #expect([400, 403, 404].contains(reply.status), "\(start + target) gave \(reply.status)")
                        #expect(!reply.text.contains("hidden words") && !reply.text.contains("root:"))
                        #expect(try reply.object()["error"] is String)
                    }
                }
                // A file that becomes a link after the start.
                try FileManager.default.removeItem(atPath: folder + "/a.mp4")
                try FileManager.default.moveItem(atPath: link, toPath: folder + "/a.mp4")
                let reply = try await client.ask("GET", "/videos/0")
                #expect(reply.status == 403 && reply.text.contains("symbolic link"))
                try FileManager.default.removeItem(atPath: folder + "/a.mp4")
                try await client.expect(404, "GET", "/videos/0")
            }
        }
    }

    @Test("other sites and other names are refused, and the page needs its secret")
    func strangers() async throws {
        try await TemporaryFolder.with { parent in
            let folder = try TestViewer.folder(in: parent, ["a.mp4"])
            var job = ViewerJob([folder])
            job.output = parent.appendingPathComponent("labels.json").path
            try await TestViewer.with(job) { client in
                let port = client.port
                for headers in [
                    ["Host": "evil.example"], ["Host": "evil.example:\(port)"], ["Host": "127.0.0.1"], ["Host": ""],
                    ["Host": "127.0.0.1:1"], ["Origin": "https://evil.example"], ["Origin": "null"],
                    ["Origin": "http://127.0.0.1:\(port).evil.example"], ["Sec-Fetch-Site": "cross-site"],
                    ["Sec-Fetch-Site": "same-site"],
                ] {
                    try await client.expect(403, "GET", "/api/videos", headers: headers)
                    let edit = "{\"revision\": 0, \"segments\": []}"
                    try await client.expectWrite(403, "PUT", "api/videos/0/segments", edit, headers: headers)
                }
                for headers in [["Host": "localhost:\(port)"], ["Origin": "http://127.0.0.1:\(port)"]] {
                    try await client.expect(200, "GET", "/api/videos", headers: headers)
                }
                for target in ["/", "/viewer.css", "/api/session", "/api/videos/0", "/\(client.token)0/"] {
                    try await client.expect(403, "GET", target)
                }
                let body = Data("{}".utf8)
                try await client.expect(403, "POST", "/api/save", body: body)
                try await client.expect(403, "PUT", "/api/videos/0/segments", body: body)
                try await client.expect(405, "DELETE", "/\(client.token)/api/videos/0")
                #expect(!FileManager.default.fileExists(atPath: job.output ?? ""))
            }
        }
    }

    @Test("the page has its files, and no script in its text")
    func page() async throws {
        try await TemporaryFolder.with { parent in
            let folder = try TestViewer.folder(in: parent, ["a.mp4"])
            try await TestViewer.with(ViewerJob([folder])) { client in
                let page = try await client.ask("GET", "/\(client.token)/")
                #expect(page.status == 200 && page.headers["content-type"]?.hasPrefix("text/html") == true)
                let policy = try #require(page.headers["content-security-policy"])
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
                #expect(page.text.matches(of: /<script[^>]*>[^<]/).isEmpty)
                #expect(page.text.matches(of: /\s(on\w+|style)=/).isEmpty)
                var names: Set = ["viewer.css", "main.js"], known = names
                while let name = names.popFirst() {
                    let file = try await client.ask("GET", "/\(client.token)/\(name)")
                    #expect(file.status == 200 && file.body.count > 300, "\(name)")
                    for match in file.text.matches(of: /from "\.\/(\w+\.js)"/)
                    where known.insert(String(match.1)).inserted {
                        names.insert(String(match.1))
                    }
                }
                #expect(known.count == 9)
            }
        }
    }

    @Test("100 requests at a time, and clients that hang up half-way")
    func crowd() async throws {
        try await TemporaryFolder.with { parent in
            let size = 4_000_000, content = TestViewer.bytes(size)
            let folder = try TestViewer.folder(in: parent, ["a.mp4"], size: size)
            try await TestViewer.with(ViewerJob([folder])) { client in
                for _ in 0..<10 {
                    let request = "GET /videos/0 HTTP/1.1\r\nHost: 127.0.0.1:\(client.port)\r\n\r\n"
                    #expect(try await client.send(Data(request.utf8), limit: 5000).count == 5000)
                    let unfinished =
                        "PUT /\(client.token)/api/videos/0/segments HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"
                    _ = try await client.send(Data(unfinished.utf8), limit: 0)
                }
                let results = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            let range = number * 30_000..<number * 30_000 + 100_000
                            let header = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
                            let reply = try await client.ask("GET", "/videos/0", headers: ["Range": header])
                            return reply.status == 206 && reply.body == content[range]
                        }
                    }
                    return try await group.reduce(into: [Bool]()) { $0.append($1) }
                }
                #expect(results.count == 100 && results.allSatisfy { $0 })
            }
        }
    }

    @Test("a body that is too large, or is no JSON, is refused")
    func bodies() async throws {
        try await TemporaryFolder.with { parent in
            let folder = try TestViewer.folder(in: parent, ["a.mp4"])
            var job = ViewerJob([folder])
            job.output = parent.appendingPathComponent("labels.json").path
            try await TestViewer.with(job) { client in
                let large = String(repeating: " ", count: ViewerHandler.bodyLimit + 1)
                try await client.expectWrite(413, "PUT", "api/videos/0/segments", large)
                for text in ["", "{", "[]", "{\"revision\": 0}", "{\"revision\": 0, \"segments\": [{\"start\": 1}]}"] {
                    try await client.expectWrite(400, "PUT", "api/videos/0/segments", text)
                }
                let form = ["Content-Type": "text/plain"]
                try await client.expectWrite(400, "POST", "api/save", "{}", headers: form)
            }
        }
    }
}
