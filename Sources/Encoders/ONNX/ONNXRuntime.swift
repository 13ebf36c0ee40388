internal import CONNXRuntime
public import Foundation

/// ONNX Runtime, where its library is on this machine: https://onnxruntime.ai. It runs models of any framework that were exported
/// to ONNX.
///
/// The library is looked for when it is needed first: where the environment variable `TAL_ONNXRUNTIME` says (the file or its folder);
/// where the system finds libraries; and in the usual folders, those of Python packages included, since `pip install onnxruntime`
/// brings the library.
public final class ONNXRuntime: @unchecked Sendable {
    /// The name of the environment variable.
    public static let variable = "TAL_ONNXRUNTIME"

    /// The file of the library.
    public let library: String
    /// Such as `1.32.0`.
    public let version: String
    let pointer: OpaquePointer

    /// Opens the library.
    ///
    /// - Parameter environment: in which ``variable`` and the usual folders are looked up.
    /// - Throws: ``EncoderError/noRuntime(problem:)``
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let named = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
        let candidates = try named.map { try Self.libraries(named: $0) } ?? Self.usual(environment)
        var problem = ""
        for candidate in candidates {
            var opened: OpaquePointer?
            guard let failure = tal_ort_open(candidate, &opened) else {
                guard let opened else { continue }
                (library, pointer, version) = (candidate, opened, String(cString: tal_ort_version(opened)))
                return
            }
            // A library that is there and does not work says more than one that is not there.
            let isThere = candidate.contains("/") && FileManager.default.fileExists(atPath: candidate)
            let text = ONNXRuntime.text(failure)
            if problem.isEmpty, isThere { problem = "\(candidate): \(text)" }
        }
        throw EncoderError.noRuntime(
            problem: problem.isEmpty
                ? "no libonnxruntime.so was found; 'pip install onnxruntime' brings one, and \(Self.variable) may name it"
                : "its library cannot be used: \(problem)")
    }

    deinit { tal_ort_close(pointer) }

    /// Whether the library is there.
    public static var isPresent: Bool { (try? ONNXRuntime()) != nil }

    private static let names = ["libonnxruntime.so.1", "libonnxruntime.so", "libonnxruntime.dylib"]

    /// The file that was named, or the libraries in the folder that was named.
    private static func libraries(named path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw EncoderError.noRuntime(problem: "\(variable) names \(path), and there is no such file")
        }
        guard isFolder.boolValue else { return [path] }
        let found = libraries(in: path)
        guard !found.isEmpty else {
            throw EncoderError.noRuntime(problem: "\(variable) names \(path), a folder without libonnxruntime.so")
        }
        return found
    }

    private static func libraries(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            name.hasPrefix("libonnxruntime.so") || (name.hasPrefix("libonnxruntime.") && name.hasSuffix(".dylib"))
        }.sorted().map { folder + "/" + $0 }
    }

    /// Names for the system to look up, then files.
    private static func usual(_ environment: [String: String]) -> [String] {
        var prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
        prefixes += (environment["PATH"] ?? "").split(separator: ":").compactMap { folder in
            let python = "\(folder)/python3"
            guard FileManager.default.isExecutableFile(atPath: python) else { return nil }
            let real = URL(fileURLWithPath: python).resolvingSymlinksInPath()
            return real.deletingLastPathComponent().deletingLastPathComponent().path
        }
        prefixes += [(environment["HOME"] ?? "") + "/.local", "/usr/local", "/opt/homebrew", "/usr"]
        var files: [String] = []
        for prefix in prefixes {
            files += libraries(in: prefix + "/lib")
            let versions = ((try? FileManager.default.contentsOfDirectory(atPath: prefix + "/lib")) ?? []).sorted()
            for version in versions where version.hasPrefix("python3") {
                for packages in ["site-packages", "dist-packages"] {
                    files += libraries(in: "\(prefix)/lib/\(version)/\(packages)/onnxruntime/capi")
                }
            }
        }
        return names + files
    }

    /// A text of the C functions, which is freed.
    static func text(_ message: UnsafeMutablePointer<CChar>) -> String {
        defer { free(message) }
        return String(cString: message)
    }
}
