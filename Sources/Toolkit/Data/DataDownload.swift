import Files
import Foundation

/// Downloads the files of a manifest with the program `curl`: what was begun is continued, and checksums are compared.
public struct DataDownload: Sendable {
    /// What became of one file.
    public enum Outcome: Equatable, Sendable {
        /// It lay there already, with the right checksum where one is known.
        case present
        /// It was fetched. `isChecked` says whether a checksum was known and compared.
        case fetched(bytes: Int, isChecked: Bool)
        case failed(reason: String)
    }

    public let manifest: DataManifest
    /// Where files go.
    public let folder: String
    /// Only these; all where it is empty.
    public var names: [String] = []

    public init(_ manifest: DataManifest, into folder: String) {
        self.manifest = manifest
        self.folder = folder
    }

    /// The files that are meant, in the order of their names.
    ///
    /// - Throws: ``DataManifestError`` for a name that the manifest does not have.
    public func files() throws -> [(name: String, download: DataManifest.Download)] {
        let known = manifest.files.keys.sorted()
        return try (names.isEmpty ? known : names).map { name in
            guard let file = manifest.files[name] else {
                throw DataManifestError.noFile(dataset: manifest.name, asked: name, known: known)
            }
            return (name, file)
        }
    }

    /// Fetches one file.
    ///
    /// - Throws: `FileError` where the folder cannot be made.
    public func fetch(_ name: String, _ file: DataManifest.Download) throws -> Outcome {
        let target = folder + "/" + name, part = target + ".part"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError.unwritable(path: folder, reason: error.localizedDescription)
        }
        if FileManager.default.fileExists(atPath: target) {
            if let problem = try problem(of: target, file) {
                return .failed(reason: "\(target) exists and \(problem); remove it to fetch it again")
            }
            return .present
        }
        if size(of: part) > 0, isWhole(part, file) { return try finish(part, target, file) }
        var failure = try Self.curl(file.url, to: part)
        // A part of another version, or a server that cannot continue one.
        if failure != nil, size(of: part) > 0, failure?.canStartAnew == true {
            try? FileManager.default.removeItem(atPath: part)
            failure = try Self.curl(file.url, to: part)
        }
        if let failure { return .failed(reason: "\(file.url): \(failure.reason)") }
        return try finish(part, target, file)
    }

    private func finish(_ part: String, _ target: String, _ file: DataManifest.Download) throws -> Outcome {
        if let problem = try problem(of: part, file) {
            try? FileManager.default.removeItem(atPath: part)
            return .failed(reason: "what \(file.url) gave \(problem); it was thrown away")
        }
        let bytes = size(of: part)
        do {
            try FileManager.default.moveItem(atPath: part, toPath: target)
        } catch {
            throw FileError.unwritable(path: target, reason: error.localizedDescription)
        }
        return .fetched(bytes: bytes, isChecked: file.sha256 != nil)
    }

    private func isWhole(_ path: String, _ file: DataManifest.Download) -> Bool {
        guard file.sha256 != nil || file.size != nil else { return false }
        do {
            return try problem(of: path, file) == nil
        } catch {
            return false
        }
    }

    /// What differs from the manifest; nil where nothing does.
    private func problem(of path: String, _ file: DataManifest.Download) throws -> String? {
        if let wanted = file.size, size(of: path) != wanted {
            return "has \(size(of: path)) bytes instead of \(wanted)"
        }
        if let wanted = file.sha256 {
            let sum = try FileDigest.sha256(ofFile: path)
            if sum != wanted { return "has the SHA-256 \(sum) instead of \(wanted)" }
        }
        return nil
    }

    private func size(of path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    // MARK: - The program

    private struct Failure {
        var reason: String
        /// Whether a download from the beginning may help.
        var canStartAnew: Bool
    }

    /// - Returns: nil where all went well.
    private static func curl(_ url: String, to path: String) throws -> Failure? {
        let process = Process(), errors = Pipe(), settings = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Settings are read from the standard input, so that no address can be taken for one.
        process.arguments = ["curl", "-K", "-"]
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
        }
        let lines = [
            "fail", "location", "silent", "show-error", "proto = \"=http,https\"", "proto-redir = \"=http,https\"",
            "connect-timeout = 30", "speed-limit = 1", "speed-time = 60", "continue-at = \"-\"",
            "output = \(quoted(path))", "url = \(quoted(url))",
        ]
        process.standardInput = settings
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        do {
            // Before the start, while both ends are ours: writing to a program that is gone would end this one.
            try settings.fileHandleForWriting.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
            try settings.fileHandleForWriting.close()
            try process.run()
        } catch {
            return Failure(
                reason: "the program curl cannot be started: \(error.localizedDescription)", canStartAnew: false)
        }
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        switch process.terminationStatus {
        case 0: return nil
        case 126, 127:
            return Failure(reason: "the program curl is needed and was not found; install it", canStartAnew: false)
        // 22 is an answer such as 404 or 416, 33 and 36 are a download that cannot be continued.
        case 22, 33, 36: return Failure(reason: text, canStartAnew: true)
        default:
            return Failure(
                reason: text.isEmpty ? "curl ended with \(process.terminationStatus)" : text, canStartAnew: false)
        }
    }
}
