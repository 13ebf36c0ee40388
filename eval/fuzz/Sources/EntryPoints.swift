import Foundation
import FuzzDriver

/// The target that is fuzzed, chosen when the process starts, and the file through which it gets its inputs.
private struct Session: Sendable {
    let target: FuzzTarget
    let path: String

    static let current: Session? = {
        let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
        let environment = ProcessInfo.processInfo.environment
        guard let name = environment["FUZZ_TARGET"], let target = FuzzTarget.all.first(where: { $0.name == name })
        else {
            return refused("FUZZ_TARGET names the target: \(names)")
        }
        // A folder in memory: every input is written there, because the readers take paths.
        let folder = "\(environment["FUZZ_FOLDER"] ?? "/dev/shm")/fuzz-\(name)-\(getpid())"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            return refused("\(folder): \(error)")
        }
        return Session(target: target, path: "\(folder)/\(target.file)")
    }()

    private static func refused(_ text: String) -> Session? {
        FileHandle.standardError.write(Data("fuzz: \(text)\n".utf8))
        return nil
    }
}

/// Called by libFuzzer once, before everything.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> Int32 {
    if Session.current == nil { exit(2) }
    atexit {
        guard let session = Session.current else { return }
        try? FileManager.default.removeItem(atPath: (session.path as NSString).deletingLastPathComponent)
    }
    return 0
}

/// Called by libFuzzer with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let session = Session.current else { return 0 }
    let content = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let file = fopen(session.path, "wb") else { exit(2) }
    let written = fwrite(content, 1, count, file)
    fclose(file)
    guard written == count else { exit(2) }
    do {
        try each([{ try session.target.read(session.path, content) }])
    } catch {
        // libFuzzer keeps the input and reports it where the process aborts.
        FileHandle.standardError.write(Data("fuzz: \(session.target.name): \(error)\n".utf8))
        abort()
    }
    return 0
}
