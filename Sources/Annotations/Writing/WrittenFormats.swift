public import Files
import Foundation

/// The formats that annotations and detections are written in, by the extension of a file.
public enum WrittenFormats {
    /// Every format that is written.
    public static let all = AnnotationFormat.all.filter(\.isWritten)

    /// The extensions, each once, in the order of the alphabet.
    public static let extensions: [String] = Set(all.map(\.fileExtension)).sorted {
        ($0.lowercased(), $0) < ($1.lowercased(), $1)
    }

    /// What an extension means where several formats share it.
    private static let shared = ["json": "activitynet", "txt": "audacity"]

    /// The format of a file by its extension: `.json` is ActivityNet's (results, where there are scores), `.txt` Audacity's
    /// labels, and every other extension belongs to one format. Standard output and what is no file get ActivityNet's.
    ///
    /// - Throws: `FileError.unwritable`, with the known extensions, where the name has none of them.
    public static func format(ofPath path: String) throws(FileError) -> AnnotationFormat {
        let ending = (path as NSString).pathExtension.lowercased()
        if let name = shared[ending], let format = AnnotationFormat.named(name) { return format }
        if let format = all.first(where: { $0.fileExtension.lowercased() == ending }) { return format }
        if case .some(let target) = try? OutputTarget(path) {
            if case .file = target {} else { return .activityNet }
        }
        let known = extensions.map { "." + $0 }.joined(separator: ", ")
        throw .unwritable(
            path: path,
            reason: ending.isEmpty
                ? "its name has no extension that says the format (known: \(known))"
                : "'.\(ending)' is the extension of no format that is written (known: \(known))")
    }
}
