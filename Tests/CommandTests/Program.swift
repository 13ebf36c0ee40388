import Foundation

/// The built `tal` program, run as a user runs it.
enum Program {
    struct Run {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Beside the test bundle, in the build folder.
    static let url: URL =
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        .deletingLastPathComponent().appendingPathComponent("tal")
        ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("tal")

    /// Runs it to its end; both streams are pipes.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Run {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files and not pipes: nobody has to read two streams at once.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tal-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let streams = try ["out", "err"].map { name in
            let file = folder.appendingPathComponent(name)
            try Data().write(to: file)
            return (file: file, handle: try FileHandle(forWritingTo: file))
        }
        process.standardOutput = streams[0].handle
        process.standardError = streams[1].handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus, output: try String(contentsOf: streams[0].file, encoding: .utf8),
            errors: try String(contentsOf: streams[1].file, encoding: .utf8))
    }
}
