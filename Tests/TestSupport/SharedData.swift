public import Foundation

/// The folder of real data and full reference sets that may lie beside a checkout. Tests that cannot do without it are skipped
/// where it is missing.
public enum SharedData {
    /// `../shared`, seen from the root of the package.
    public static let root = Checkout.root.deletingLastPathComponent().appendingPathComponent("shared")

    /// Whether the folder is there; use as `.enabled(if: SharedData.isPresent)`.
    public static let isPresent = FileManager.default.fileExists(atPath: root.appendingPathComponent("fixtures").path)

    /// A file under the shared folder, such as `data/videos/basketball.mp4`.
    public static func url(_ path: String) -> URL { root.appendingPathComponent(path) }
}
