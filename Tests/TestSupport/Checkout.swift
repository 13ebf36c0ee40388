public import Foundation

/// The files of this repository.
public enum Checkout {
    /// The root of the package.
    public static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// A file of the repository, such as `configs/heads/tridet-anet13.yaml`.
    public static func url(_ path: String) -> URL { root.appendingPathComponent(path) }
}
