import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("whole files of text")
struct TextFileTests {
    @Test("text in another encoding is refused with what it is")
    func encodings() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("t.yaml").path
            let cases: [(bytes: [UInt8], expected: String)] = [
                (Array("name: é\n".utf8), "name: é\n"), ([0xEF, 0xBB, 0xBF] + Array("a\n".utf8), "a\n"),
                ([0x6E, 0xE9], "\(path): is not UTF-8 text"),
                ([0xFF, 0xFE, 0x6E, 0], "\(path): text in UTF-16; save it as UTF-8"),
            ]
            for (bytes, expected) in cases {
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                var met = ""
                do {
                    met = try TextFile.read(path)
                } catch {
                    met = "\(error)"
                }
                #expect(met == expected)
            }
        }
    }

    @Test("a pipe is read once, a device without end only so far, a folder not at all")
    func specialFiles() throws {
        try TemporaryFolder.with { folder in
            let pipe = folder.appendingPathComponent("pipe").path
            #expect(mkfifo(pipe, 0o600) == 0)
            let writer = Thread { try? Data("epochs: 3\n".utf8).write(to: URL(fileURLWithPath: pipe)) }
            writer.start()
            let text = try TextFile.read(pipe)
            #expect(text == "epochs: 3\n")
            #expect(throws: FileError.unreadable(path: "/dev/zero", reason: "it is larger than 64 MiB")) {
                try TextFile.read("/dev/zero")
            }
            #expect(throws: FileError.unreadable(path: folder.path, reason: "it is a folder")) {
                try TextFile.read(folder.path)
            }
            #expect(throws: FileError.missing(path: pipe + "x")) { try TextFile.read(pipe + "x") }
        }
    }

    @Test(
        "a key that stands twice in one object is found, in any depth",
        arguments: [
            (#"{"a": 1, "b": {"a": 2}}"#, nil), (#"{"a": 1, "a": 2}"#, "a"),
            (#"[{"x": [{"b": 1, "\u0062": 2}]}]"#, "b"),
            (#"{"a": 1, "a""#, nil), ("", nil), (#"{"a": 1,"#, nil),
        ])
    func repeatedKeys(text: String, expected: String?) {
        #expect(RepeatedKey.find(in: Array(text.utf8), path: "t") == expected)
    }
}
