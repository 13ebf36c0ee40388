import Files
import Foundation
import TestSupport
import Testing

@testable import tal

@Suite("the files that a command will write")
struct OutputsTests {
    @Test("two outputs of one call are different files, however they are spelled")
    func distinct() throws {
        try TemporaryFolder.with { folder in
            let a = folder.path + "/a.json", link = folder.path + "/link", inner = folder.path + "/inner"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a.json")
            try FileManager.default.createSymbolicLink(atPath: inner, withDestinationPath: folder.path)
            for same in [a, folder.path + "/./a.json", folder.path + "//a.json", link, inner + "/a.json"] {
                #expect(throws: FileError.self, "\(same)") { try Outputs.check(a, nil, same) }
                #expect(throws: FileError.self, "\(same)") { try Outputs.checkDistinct([same, a]) }
            }
            // Also once the file is there, and for a folder.
            try Data().write(to: URL(fileURLWithPath: a))
            #expect(throws: FileError.self) { try Outputs.check([link, inner + "/a.json"]) }
            #expect(throws: FileError.self) { try Outputs.checkDistinct([folder.path, folder.path + "/"]) }
            try Outputs.check(a, folder.path + "/b.json", nil)
            try Outputs.check("/dev/null", "/dev/null", "-", "-")
            #expect(throws: FileError.self) { try Outputs.check(folder.path + "/no/a.json") }
        }
    }

    @Test(
        "a command refuses one file for two of its outputs before it works",
        arguments: [
            "plot x.json -o FILE.svg -o FILE.svg",
            "detect --model r --features f.h5 --out FILE.json --raw ./FILE.json",
            "extract v.mp4 --encoder e --out FILE.h5 --json FILE.h5",
            "evaluate --annotations a --predictions p --protocol demo --json FILE.json --curves FILE.json",
        ])
    func refused(call: String) throws {
        try TemporaryFolder.with { folder in
            let words = call.split(separator: " ").map(String.init).map { word in
                word.replacing("./FILE", with: folder.path + "/./f").replacing("FILE", with: folder.path + "/f")
            }
            let run = try Program.run(words)
            #expect(
                run.status == 1 && run.errors.contains("two outputs of one call would be this file"), "\(run.errors)")
        }
    }
}
