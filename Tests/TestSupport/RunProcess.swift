import Foundation

/// Another program, run to its end or killed on the way.
public final class RunProcess {
    /// How a program ended.
    public struct Result: Sendable {
        /// The exit status, or the number of the signal that ended it.
        public var status: Int32
        public var output: String
        public var errors: String
    }

    private let process = Process()
    private let folder: URL
    private var streams: [(file: URL, handle: FileHandle)] = []

    /// Starts a program. It reads nothing, and writes to files: nobody has to read two pipes at once.
    ///
    /// - Parameters:
    ///   - executable: a path, or a name that is looked up as a shell would.
    ///   - environment: added to that of the tests.
    public init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tal-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        streams = try ["out", "err"].map { name in
            let file = folder.appendingPathComponent(name)
            try Data().write(to: file)
            return (file: file, handle: try FileHandle(forWritingTo: file))
        }
        let isPath = executable.contains("/")
        process.executableURL = URL(fileURLWithPath: isPath ? executable : "/usr/bin/env")
        process.arguments = (isPath ? [] : [executable]) + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = streams[0].handle
        process.standardError = streams[1].handle
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    public var isRunning: Bool { process.isRunning }

    /// Ends the program at once; it can do nothing about it.
    public func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    /// Waits for the end of the program.
    @discardableResult
    public func finish() throws -> Result {
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: streams[0].file), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: streams[1].file), as: UTF8.self))
    }

    /// Runs a program to its end.
    public static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Result {
        try RunProcess(executable, arguments, environment: environment).finish()
    }
}
