import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("Videos on servers")
struct RemoteVideoTests {
    /// A TLS server with a certificate that it has signed itself, by the program `openssl`.
    private final class SelfSigned {
        let process = Process()
        let port: Int

        init(in folder: URL) throws {
            let key = folder.appendingPathComponent("key.pem").path
            let certificate = folder.appendingPathComponent("certificate.pem").path
            let made = Process()
            made.executableURL = URL(fileURLWithPath: RemoteVideoTests.openssl)
            made.arguments =
                ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2"]
                + ["-subj", "/CN=localhost"]
            made.standardError = FileHandle.nullDevice
            try made.run()
            made.waitUntilExit()
            process.executableURL = made.executableURL
            // It does not say which port it took before it ends, so it is told one outside of those that systems give out.
            port = Int.random(in: 20_000..<30_000)
            process.arguments = [
                "s_server", "-accept", "127.0.0.1:\(port)", "-key", key, "-cert", certificate, "-quiet",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            // It ends with its input, so the pipe is kept.
            process.standardInput = Pipe()
            try process.run()
        }

        deinit {
            // A child inherits that the tests ignore SIGTERM.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    static let openssl = "/usr/bin/openssl"

    @Test(
        "Certificates are checked, and whose it is that fails is found by a handshake",
        .enabled(if: FileManager.default.isExecutableFile(atPath: openssl), "needs the program openssl"))
    func certificates() throws {
        #expect(RemoteVideo.settings.contains { $0.name == "tls_verify" && $0.value == "1" })
        try FFmpeg.load()
        try TemporaryFolder.with { folder in
            let server = try SelfSigned(in: folder)
            let address = try #require(RemoteVideo("https://127.0.0.1:\(server.port)/v.mp4?signature=1"))
            // Until it listens.
            while server.process.isRunning, !address.hasUntrustedCertificate { usleep(20_000) }
            #expect(address.hasUntrustedCertificate)
            let plain = try LoopbackServer([:])
            #expect(try #require(RemoteVideo("https://127.0.0.1:\(plain.port)/v.mp4")).hasUntrustedCertificate == false)
            #expect(try #require(RemoteVideo(plain.url("v.mp4"))).hasUntrustedCertificate == false)
        }
    }
}
