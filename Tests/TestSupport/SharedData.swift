public import Foundation

/// The folder of reference fixtures and real data that may lie beside a checkout. Tests that need it are skipped without it.
public enum SharedData {
    /// The root of the package.
    public static let packageRoot: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// `../shared`, seen from the root of the package.
    public static let root = packageRoot.deletingLastPathComponent().appendingPathComponent("shared")

    /// Whether the folder is there; use as `.enabled(if: SharedData.isPresent)`.
    public static let isPresent = FileManager.default.fileExists(atPath: root.appendingPathComponent("fixtures").path)

    /// A file under the shared folder, such as `fixtures/nms/expected.json`.
    public static func url(_ path: String) -> URL { root.appendingPathComponent(path) }

    /// A file under `Tests/Fixtures`.
    public static func fixture(_ path: String) -> URL {
        packageRoot.appendingPathComponent("Tests/Fixtures").appendingPathComponent(path)
    }

    /// A fresh folder that is removed when `body` returns.
    public static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
