import Foundation
import TestSupport

/// The built `tal` program, run as a user runs it.
enum Program {
    /// Beside the test bundle, in the build folder.
    static let url: URL =
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        .deletingLastPathComponent().appendingPathComponent("tal")
        ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("tal")

    /// Runs it to its end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> RunProcess.Result {
        try RunProcess.run(url.path, arguments, environment: environment)
    }
}
