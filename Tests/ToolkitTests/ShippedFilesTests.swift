import Files
import Foundation
import TestSupport
import Testing
import Toolkit

@Suite("configurations and models by name")
struct ShippedFilesTests {
    /// A folder as an installation has it: `bin/tal`, a link to it, and `share/tal` with two encoders and a head.
    private static func withInstallation(_ body: (_ folder: URL, _ files: ShippedFiles) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            for name in [
                "bin/tal", "share/tal/models/tiny/encoder.yaml", "share/tal/models/words/text.yaml",
                "share/tal/configs/encoders/tiny.yaml", "share/tal/configs/encoders/other.yaml",
                "share/tal/configs/heads/former.yaml",
            ] {
                let file = folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: file)
            }
            let link = folder.appendingPathComponent("link")
            try FileManager.default.createSymbolicLink(
                at: link, withDestinationURL: folder.appendingPathComponent("bin/tal"))
            try body(folder, ShippedFiles(executable: link, workingFolder: "/no/such/folder"))
        }
    }

    @Test("a link to the program leads to the files beside it; a model comes before a bare configuration")
    func besideTheProgram() throws {
        try Self.withInstallation { folder, files in
            let tiny = try files.resolve("tiny", as: .encoder).path,
                other = try files.resolve("other", as: .encoder).path
            let head = try files.resolve("former.yaml", as: .head).path
            #expect(tiny.hasSuffix("share/tal/models/tiny/encoder.yaml"))
            #expect(other.hasSuffix("configs/encoders/other.yaml"))
            #expect(head.hasSuffix("configs/heads/former.yaml"))
            #expect(files.names(of: .encoder) == ["other", "tiny"])
            #expect(files.names(of: .pretraining).isEmpty)
        }
    }

    @Test("an unknown name is answered with those there are; paths and other names are left alone")
    func unknown() throws {
        try Self.withInstallation { _, files in
            let error = #expect(throws: ToolkitError.self) {
                try files.resolve("tinny", as: .encoder, otherNames: ["clip"])
            }
            let message = try "\(#require(error))"
            #expect(message.hasSuffix("there are other, tiny, clip"))
            #expect(throws: ToolkitError.self) { try files.resolve("former", as: .pretraining) }
            for given in ["a/tiny", "mine.yaml", "clip", ""] {
                let found = try files.resolve(given, as: .encoder, otherNames: ["clip"])
                #expect(found.path == given && found.notice == nil)
            }
        }
    }

    @Test("a program in the build folder of a checkout finds the files of that checkout")
    func checkout() throws {
        try TemporaryFolder.with { folder in
            let heads = folder.appendingPathComponent("tal/configs/heads")
            try FileManager.default.createDirectory(at: heads, withIntermediateDirectories: true)
            try Data().write(to: heads.appendingPathComponent("former.yaml"))
            let program = folder.appendingPathComponent("tal/.build/x86_64-unknown-linux-gnu/release/tal")
            let files = ShippedFiles(executable: program, workingFolder: "/no/such/folder")
            #expect(files.path(of: "former", as: .head)?.hasSuffix("/tal/configs/heads/former.yaml") == true)
        }
    }

    @Test("where nothing that comes with the toolkit is found, the error says where it was looked for")
    func nothing() throws {
        let files = ShippedFiles(folders: ["/no/such/share", "/no/such/folder"])
        let error = #expect(throws: ToolkitError.self) {
            try files.resolve("motion", as: .encoder, otherNames: ["clip"])
        }
        let message = try "\(#require(error))"
        for words in ["'motion'", "/no/such/share/, /no/such/folder/", "'configs' and 'models'"] {
            #expect(message.contains(words))
        }
        #expect(try files.resolve("clip", as: .encoder, otherNames: ["clip"]).path == "clip")
    }

    @Test("a file that must come with the toolkit is found by its name, or the error lists the names")
    func shipped() throws {
        try Self.withInstallation { _, files in
            let found = try files.shipped("tiny", as: .encoder)
            #expect(found == files.path(of: "tiny", as: .encoder))
            #expect(
                throws: ToolkitError.unknownName("tinny", noun: "encoder", known: ["other", "tiny"])
            ) { try files.shipped("tinny", as: .encoder) }
        }
    }

    @Test("the folder of the program and the working folder are searched after the share folder")
    func order() throws {
        try Self.withInstallation { folder, _ in
            let mine = folder.appendingPathComponent("work/configs/heads")
            try FileManager.default.createDirectory(at: mine, withIntermediateDirectories: true)
            for name in ["former.yaml", "mine.yaml"] { try Data().write(to: mine.appendingPathComponent(name)) }
            let files = ShippedFiles(
                executable: folder.appendingPathComponent("bin/tal"),
                workingFolder: folder.appendingPathComponent("work").path)
            #expect(try files.resolve("former", as: .head).path.contains("share/tal"))
            #expect(try files.resolve("mine", as: .head).path.contains("work/configs"))
            #expect(files.names(of: .head) == ["former", "mine"])
        }
    }
}
