import Foundation

/// The name of the file that holds what belongs to one video, made of the video's id: inside its folder, visible, and of a length that
/// every file system takes.
package struct VideoFileName: Equatable, Sendable {
    /// The name without an extension.
    package let text: String
    /// Equal for two names that are one file on some file system, which may take no account of case or of the form of Unicode.
    package let key: String

    /// Leaves room in 255 bytes for extensions and the ending of a temporary name.
    private static let mostBytes = 200

    /// The name of an id: slashes of both kinds become underscores, and a dot at its beginning too.
    ///
    /// - Returns: nil for an id that is empty, of dots only, longer than 200 bytes, or has control characters.
    package init?(_ id: String) {
        var name = id.replacing("/", with: "_").replacing("\\", with: "_")
        guard name.contains(where: { $0 != "." }), !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            name.utf8.count <= Self.mostBytes
        else { return nil }
        if name.hasPrefix(".") { name = "_" + name.dropFirst() }
        text = name
        key = name.lowercased().precomposedStringWithCanonicalMapping
    }
}
