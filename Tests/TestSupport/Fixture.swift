public import Foundation

/// Files with what other implementations compute.
public enum Fixture {
    /// A file under `Tests/Fixtures`.
    public static func url(_ path: String) -> URL { Checkout.url("Tests/Fixtures").appendingPathComponent(path) }

    /// Whether the full reference sets are used: those of `../shared/fixtures`, where that folder is.
    public static let hasFullReference = SharedData.isPresent

    /// A file of the reference sets, such as `nms/expected.json`: of the full ones where they are, else of the small ones in
    /// `Tests/Fixtures/reference`.
    public static func reference(_ path: String) -> URL {
        hasFullReference ? SharedData.url("fixtures/\(path)") : url("reference/\(path)")
    }

    /// Hands a case of a published encoder to a test, such as `clip/hf`: that of the full reference sets where they are, else the
    /// small one in `Tests/Fixtures/encoders`, whose files of several parts are joined.
    ///
    /// - Parameter body: is given a folder.
    public static func withEncoder<Result>(_ name: String, _ body: (URL) throws -> Result) throws -> Result {
        if hasFullReference { return try body(SharedData.url("fixtures/encoders/\(name)")) }
        return try TemporaryFolder.with { folder in
            let source = url("encoders/\(name)")
            // In the order of the parts; there are fewer than ten.
            for file in try FileManager.default.contentsOfDirectory(atPath: source.path).sorted() {
                let whole = folder.appendingPathComponent(file.replacing(/\.part-[0-9]$/, with: ""))
                let old = (try? Data(contentsOf: whole)) ?? Data()
                try (old + Data(contentsOf: source.appendingPathComponent(file))).write(to: whole)
            }
            return try body(folder)
        }
    }

    /// The names of the cases a test runs on.
    public static func cases(full: [String], small: [String]) -> [String] { hasFullReference ? full : small }

    /// The JSON object in a file.
    public static func json(_ url: URL) throws -> [String: Any] { try json(Data(contentsOf: url), url.path) }

    /// The JSON object in a text.
    public static func json(text: String) throws -> [String: Any] { try json(Data(text.utf8), text) }

    private static func json(_ data: Data, _ source: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw NotAnObject(source: source)
        }
        return object
    }

    struct NotAnObject: Error { let source: String }
}
