import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("reading compressed text")
struct ByteSourceTests {
    /// 256 MiB of zeros in gzip.
    private static func bomb() throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "head -c 268435456 /dev/zero | gzip -9"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    @Test("a file that expands without measure is refused with the limit")
    func expansion() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("bomb.csv.gz").path
            try Self.bomb().write(to: URL(fileURLWithPath: path))
            #expect {
                try ByteSource.contents(of: path)
            } throws: {
                "\($0)".contains("expands to more than 200 times")
            }
        }
    }
}
