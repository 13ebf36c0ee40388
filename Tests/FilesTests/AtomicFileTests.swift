import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("writing outputs")
struct AtomicFileTests {
    private func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("a file is replaced as a whole when it is committed, and keeps its permissions", arguments: [false, true])
    func replaced(durable: Bool) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("result.json").path
            try Data("old".utf8).write(to: URL(fileURLWithPath: path))
            chmod(path, 0o640)
            let file = try AtomicFile(path, durable: durable)
            try file.write(Data("new ".utf8))
            try file.write(Data("content".utf8))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
            try file.commit()
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "new content")
            #expect(try names(in: folder) == ["result.json"])
            var information = stat()
            #expect(stat(path, &information) == 0 && information.st_mode & 0o777 == 0o640)
        }
    }

    @Test("a writer that goes leaves the old file and nothing else")
    func abandoned() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a").path
            try AtomicFile.write("old", to: path)
            do {
                let file = try AtomicFile(path)
                try file.write(Data("half".utf8))
                #expect(try names(in: folder).count == 2)
            }
            #expect(try names(in: folder) == ["a"])
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        }
    }

    @Test("links are followed to the file that they mean, there or not")
    func links() throws {
        try TemporaryFolder.with { folder in
            let link = folder.appendingPathComponent("link").path
            try FileManager.default.createDirectory(atPath: folder.path + "/sub", withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "other")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/other", withDestinationPath: "sub/target")
            for text in ["first", "second"] {
                try AtomicFile.write(text, to: link)
                #expect(try String(contentsOfFile: folder.path + "/sub/target", encoding: .utf8) == text)
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "other")
            }
            #expect(try names(in: folder) == ["link", "other", "sub"])
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/circle", withDestinationPath: "circle")
            #expect(throws: FileError.self) { try AtomicFile.check(folder.path + "/circle") }
        }
    }

    @Test("a pipe is written and stays a pipe")
    func pipe() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("pipe").path
            #expect(mkfifo(path, 0o600) == 0)
            let reader = open(path, O_RDONLY | O_NONBLOCK)
            defer { close(reader) }
            try AtomicFile.write("through", to: path)
            var bytes = [UInt8](repeating: 0, count: 20)
            let count = read(reader, &bytes, 20)
            #expect(count == 7 && String(decoding: bytes[..<7], as: UTF8.self) == "through")
            var information = stat()
            #expect(lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO)
            #expect(try names(in: folder) == ["pipe"])
        }
    }

    @Test("an open file is written by its number")
    func descriptor() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("open").path
            let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
            defer { close(descriptor) }
            #expect(write(descriptor, "one ", 4) == 4)
            try AtomicFile.write("two", to: "/dev/fd/\(descriptor)")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one two")
            #expect(try OutputTarget("-") == .descriptor(1) && OutputTarget("/dev/stdout") == .descriptor(1))
        }
    }

    @Test("what cannot be written is known before any work, and why")
    func checked() throws {
        try TemporaryFolder.with { folder in
            let missing = folder.path + "/no/such/file"
            #expect(
                throws: FileError.unwritable(path: missing, reason: "there is no folder \(folder.path)/no/such")
            ) { try AtomicFile.check(missing) }
            #expect(throws: FileError.unwritable(path: folder.path, reason: "it is a folder")) {
                try AtomicFile.check(folder.path)
            }
            try AtomicFile.check(folder.path + "/new")
            #expect(try names(in: folder).isEmpty)
            #expect(throws: FileError.self) { try AtomicFile.check("") }
        }
    }

    @Test("what others would take for a compressed file is not written")
    func compressedNames() throws {
        try TemporaryFolder.with { folder in
            for name in ["a.json.gz", "a.CSV.GZ", "a.json.zst", "a.csv.xz", "a.tgz", "a.zip", "a.bz2"] {
                let path = folder.appendingPathComponent(name).path
                #expect("\(name)") { try AtomicFile.check(path) } throws: {
                    "\($0)".contains("is for compressed files, which are not written; leave it away")
                }
            }
            for name in ["a.json", "a.npz", "gz", "a.gz.json"] {
                try AtomicFile.check(folder.appendingPathComponent(name).path)
            }
        }
    }

    @Test("a full disk is called full", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func full() throws {
        #expect(throws: FileError.unwritable(path: "/dev/full", reason: "the disk is full")) {
            try AtomicFile.write("text", to: "/dev/full")
        }
    }

    /// Adds to a file until a limit bars it; ends the process where that goes another way than it should.
    private static func addPastLimit() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("log").path
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100, rlim_max: rlim_t.max)
            #if os(Linux)
                let size = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
            #else
                let size = RLIMIT_FSIZE
            #endif
            guard setrlimit(size, &limit) == 0 else { exit(2) }
            try DurableFile.append(Data(repeating: 1, count: 60), to: path)
            do throws(FileError) {
                try DurableFile.append(Data(repeating: 2, count: 60), to: path)
                exit(3)
            } catch {
                guard error.reason.contains("a limit allows") else { exit(4) }
            }
            guard DurableFile.size(of: path) == 60 else { exit(5) }
            try DurableFile.append(Data(repeating: 3, count: 40), to: path)
            guard DurableFile.size(of: path) == 100 else { exit(6) }
        }
    }

    @Test("what cannot be added whole is not added at all")
    func appended() async throws {
        await #expect(processExitsWith: .success) { try AtomicFileTests.addPastLimit() }
    }

    @Test("folders are made with those above them, and an error names the one that cannot be made")
    func folders() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/a/b/c"
            try DurableFile.makeFolders(path)
            try DurableFile.makeFolders(path + "/")
            #expect(try names(in: folder) == ["a"])
            try AtomicFile.write("text", to: path + "/file")
            let error = #expect(throws: FileError.self) { try DurableFile.makeFolders(path + "/file/d") }
            #expect(error == .unwritable(path: path + "/file", reason: "a part of the path is not a folder"))
        }
    }

    @Test("a path for what is temporary is one's own, and what was left there goes")
    func scratch() throws {
        let first = try ScratchFile("test.\(getpid())")
        try Data("left".utf8).write(to: URL(fileURLWithPath: first.path))
        let second = try ScratchFile("test.\(getpid())")
        #expect(first.path != second.path)
        let path = second.path
        try Data("gone".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try String(contentsOfFile: first.path, encoding: .utf8) == "left")
        withExtendedLifetime(second) {}
        var third: ScratchFile? = try ScratchFile("other.\(getpid())")
        let other = third?.path ?? ""
        try Data("gone".utf8).write(to: URL(fileURLWithPath: other))
        third = nil
        #expect(
            !FileManager.default.fileExists(atPath: other) && !FileManager.default.fileExists(atPath: other + ".lock"))
    }

    @Test("leftovers of killed processes are removed, work in progress and planted links are not")
    func leftovers() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a").path
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder.path + "/.a.1.tal-tmp"))
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder.path + "/.a.2.tal-tmp"))
            try AtomicFile.write("whole", to: path)
            #expect(try names(in: folder) == ["a"])

            let first = try AtomicFile(path)
            let second = try AtomicFile(path)
            try first.write(Data("first".utf8))
            try second.write(Data("second".utf8))
            #expect(try names(in: folder) == [".a.1.tal-tmp", ".a.2.tal-tmp", "a"])
            try first.commit()
            try second.commit()
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")

            try AtomicFile.write("precious", to: folder.path + "/victim")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/.a.1.tal-tmp", withDestinationPath: "victim")
            try AtomicFile.write("third", to: path)
            #expect(try String(contentsOfFile: folder.path + "/victim", encoding: .utf8) == "precious")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "third")
            #expect(try names(in: folder) == [".a.1.tal-tmp", "a", "victim"])
        }
    }

    @Test("a killed writer leaves the old file, and the next removes what it left")
    func killed() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a").path
        try AtomicFile.write("old", to: path)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let file = try AtomicFile(path)
            try file.write(Data(count: 100_000))
            kill(getpid(), SIGKILL)
            try file.commit()
        }
        #expect(try names(in: folder).count == 2)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        try AtomicFile.write("new", to: path)
        #expect(try names(in: folder) == ["a"])
    }

    @Test("folders are found for paths of any length, one letter too")
    func foldersOfPaths() throws {
        let cases = [
            ("a", "."), ("a/", "."), ("", "."), (".", "."), ("/", "/"), ("/a", "/"), ("a/b", "a"), ("a//b//", "a"),
            ("../x.json", ".."), ("/a/b/c.h5", "/a/b"),
        ]
        for (path, folder) in cases { #expect(DurableFile.folder(of: path) == folder, "\(path)") }
        #expect(DurableFile.parent(of: "a.h5").isEmpty && DurableFile.parent(of: "d/a.h5") == "d")
        try TemporaryFolder.with { folder in
            try DurableFile.makeFolders(folder.appendingPathComponent("b/c/").path)
            #expect(try names(in: folder) == ["b"] && names(in: folder.appendingPathComponent("b")) == ["c"])
        }
    }
}
