import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("reading compressed text")
struct ByteSourceTests {
    /// What a shell's command line writes, `$0` in it being a text.
    private static func output(_ command: String, _ text: String = "") throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command, text]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    /// Of gzip's own writing, so that header and checksum are right.
    private static func packed(_ text: String) throws -> Data { try output("printf %s \"$0\" | gzip -9n", text) }

    @Test("a file that expands without measure is refused with the limit")
    func expansion() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("bomb.csv.gz").path
            try Self.output("head -c 268435456 /dev/zero | gzip -9").write(to: URL(fileURLWithPath: path))
            #expect {
                try ByteSource.contents(of: path)
            } throws: {
                "\($0)".contains("expands to more than 200 times")
            }
        }
    }

    @Test("several compressed files in a row are one, and zeros may follow")
    func members() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("joined.gz").path
            try (Self.packed("first ") + Self.packed("") + Self.packed("second") + Data(count: 300_000))
                .write(to: URL(fileURLWithPath: path))
            #expect(try ByteSource.contents(of: path) == Array("first second".utf8))
        }
    }

    @Test("what follows compressed data and is none itself is refused", arguments: ["x", "\u{1F}", "\0\0\0tail"])
    func tail(_ tail: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("joined.gz").path
            try (Self.packed("first") + Data(tail.utf8)).write(to: URL(fileURLWithPath: path))
            #expect {
                try ByteSource.contents(of: path)
            } throws: {
                "\($0)".contains("something else follows its compressed data")
            }
        }
    }

    @Test("a compressed file that is cut anywhere is refused, and so is a changed byte")
    func damage() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("cut.gz").path
            let whole = try Self.packed("video,start,end,label\nv1,1,2,run\n")
            for length in 2..<whole.count {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                #expect(throws: FileError.self, "\(length) bytes") { try ByteSource.contents(of: path) }
            }
            var changed = whole
            changed[whole.count - 6] ^= 1
            try changed.write(to: URL(fileURLWithPath: path))
            #expect(throws: FileError.self) { try ByteSource.contents(of: path) }
        }
    }

    @Test("plain files of any length are read as they are", arguments: [0, 1, 2, 3, 1 << 18, 1 << 18 + 1, 600_000])
    func plain(_ count: Int) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("plain.bin").path
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(try ByteSource.contents(of: path) == bytes)
            var source = try ByteSource(path: path)
            #expect(try source.peek(count: 5) == Array(bytes.prefix(5)))
            #expect(try source.remaining() == bytes)
        }
    }
}
