import Files
import Foundation
import TestSupport
import Testing

@testable import Toolkit

/// Downloads from a small server on this machine that can answer parts of files and break off.
@Suite("Downloads", .enabled(if: DownloadPrograms.arePresent))
struct DataDownloadTests {
    /// Serves FOLDER; the first request for `broken.bin` gets only its first half, and `noranges.bin` is always whole.
    private static let server = """
        import http.server, os, sys
        folder, asked = sys.argv[1], set()
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *a):
                with open(folder + "/log", "a") as log: log.write(self.path + " " + self.headers.get("Range", "-") + "\\n")
            def do_GET(self):
                path = folder + self.path
                if not os.path.exists(path): return self.send_error(404)
                data, start = open(path, "rb").read(), 0
                part = self.headers.get("Range")
                if part and "noranges" not in self.path:
                    start = int(part.split("=")[1].split("-")[0])
                    if start >= len(data): return self.send_error(416)
                    self.send_response(206)
                    self.send_header("Content-Range", "bytes %d-%d/%d" % (start, len(data) - 1, len(data)))
                else:
                    self.send_response(200)
                self.send_header("Content-Length", str(len(data) - start))
                self.end_headers()
                rest = data[start:]
                if "broken" in self.path and self.path not in asked:
                    asked.add(self.path)
                    rest = rest[:len(rest) // 2]
                    self.close_connection = True
                self.wfile.write(rest)
                self.log_message()
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        with open(folder + "/port.new", "w") as file: file.write(str(server.server_port))
        os.rename(folder + "/port.new", folder + "/port")
        server.serve_forever()
        """

    private func withServer(_ body: (_ address: String, _ served: URL, _ out: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let served = folder.appendingPathComponent("served"), script = folder.appendingPathComponent("server.py")
            try FileManager.default.createDirectory(at: served, withIntermediateDirectories: true)
            try Data(Self.server.utf8).write(to: script)
            let process = try RunProcess("python3", [script.path, served.path])
            defer { process.kill() }
            let port = served.appendingPathComponent("port").path
            while !FileManager.default.fileExists(atPath: port), process.isRunning { usleep(20_000) }
            let number = try String(contentsOfFile: port, encoding: .utf8)
            try body("http://127.0.0.1:\(number)/", served, folder.appendingPathComponent("out").path)
        }
    }

    private static let content = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) })

    private func manifest(_ address: String, _ name: String, sha256: String? = nil, size: Int? = nil) -> DataManifest {
        var manifest = DataManifest()
        manifest.name = "made"
        manifest.files = [name: .init(url: address + name, size: size, sha256: sha256, note: nil)]
        return manifest
    }

    private func fetch(_ manifest: DataManifest, into out: String) throws -> DataDownload.Outcome {
        let download = DataDownload(manifest, into: out)
        let (name, file) = try #require(try download.files().first)
        return try download.fetch(name, file)
    }

    @Test("a file is fetched, checked, and not fetched again")
    func fetches() throws {
        try withServer { address, served, out in
            let file = served.appendingPathComponent("a.bin")
            try Self.content.write(to: file)
            let sum = try FileDigest.sha256(ofFile: file.path)
            let wanted = manifest(address, "a.bin", sha256: sum, size: Self.content.count)
            #expect(try fetch(wanted, into: out) == .fetched(bytes: 200_000, isChecked: true))
            #expect(try Data(contentsOf: URL(fileURLWithPath: out + "/a.bin")) == Self.content)
            #expect(!FileManager.default.fileExists(atPath: out + "/a.bin.part"))
            #expect(try fetch(wanted, into: out) == .present)
            try Data("other".utf8).write(to: URL(fileURLWithPath: out + "/a.bin"))
            guard case .failed(let reason) = try fetch(wanted, into: out) else {
                Issue.record("a changed file passed")
                return
            }
            #expect(reason.contains("5 bytes instead of 200000"))
        }
    }

    @Test("a download that broke off goes on where it was; one that cannot go on begins again")
    func resumes() throws {
        try withServer { address, served, out in
            for name in ["broken.bin", "noranges.bin"] {
                try Self.content.write(to: served.appendingPathComponent(name))
            }
            let sum = try FileDigest.sha256(ofFile: served.appendingPathComponent("broken.bin").path)
            let broken = manifest(address, "broken.bin", sha256: sum)
            guard case .failed = try fetch(broken, into: out) else {
                Issue.record("half a file passed")
                return
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: out + "/broken.bin.part")).count == 100_000)
            #expect(try fetch(broken, into: out) == .fetched(bytes: 200_000, isChecked: true))
            let log = try String(contentsOf: served.appendingPathComponent("log"), encoding: .utf8)
            #expect(log.contains("/broken.bin bytes=100000-"))
            // A part is there, and the server knows no parts.
            try Self.content.prefix(5_000).write(to: URL(fileURLWithPath: out + "/noranges.bin.part"))
            let whole = manifest(address, "noranges.bin", sha256: sum)
            #expect(try fetch(whole, into: out) == .fetched(bytes: 200_000, isChecked: true))
        }
    }

    @Test("a wrong checksum, a missing file and an unknown name are told; nothing wrong stays")
    func refuses() throws {
        try withServer { address, served, out in
            try Self.content.write(to: served.appendingPathComponent("a.bin"))
            let wrong = manifest(address, "a.bin", sha256: String(repeating: "0", count: 64))
            guard case .failed(let reason) = try fetch(wrong, into: out) else {
                Issue.record("a wrong checksum passed")
                return
            }
            #expect(reason.contains("SHA-256") && reason.contains("thrown away"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: out).isEmpty)
            guard case .failed(let missing) = try fetch(manifest(address, "none.bin"), into: out) else {
                Issue.record("a missing file passed")
                return
            }
            #expect(missing.contains("404"))
            var unknown = DataDownload(wrong, into: out)
            unknown.names = ["b.bin"]
            #expect(throws: DataManifestError.self) { try unknown.files() }
        }
    }
}

/// What the tests above need on this machine.
private enum DownloadPrograms {
    static let arePresent =
        (try? RunProcess.run("curl", ["--version"]).status) == 0 && (try? RunProcess.run("python3", ["-V"]).status) == 0
}
