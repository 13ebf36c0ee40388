import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("locks of folders")
struct FolderLockTests {
    @Test("the second is told who has it; what is let go can be taken")
    func held() throws {
        try TemporaryFolder.with { folder in
            var first: FolderLock? = try FolderLock(folder: folder.path)
            #expect(first != nil)
            let error = #expect(throws: FileError.inUse(path: folder.path, process: Int(getpid()))) {
                try FolderLock(folder: folder.path)
            }
            #expect(error?.description.contains("(\(getpid()))") == true)
            first = nil
            let next = try FolderLock(folder: folder.path)
            next.removeFile()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test("a link in its place is refused and not followed")
    func link() throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/lock", withDestinationPath: "elsewhere")
            #expect(throws: FileError.self) { try FolderLock(folder: folder.path) }
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
        }
    }
}
