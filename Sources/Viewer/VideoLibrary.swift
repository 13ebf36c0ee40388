import Extraction
import Files
import Foundation

/// The videos that are shown. A client names one by its number, so no path ever comes from outside.
struct VideoLibrary: Sendable {
    struct Item: Sendable {
        var id: String
        var path: String
        /// The folder that the file must lie in, with links resolved; nil for a file that was named itself.
        var root: String?
    }

    private(set) var items: [Item] = []
    /// Inputs that led to nothing, and files that were left out.
    private(set) var notices: [Notice] = []

    /// - Parameter inputs: folders, and files.
    init(_ inputs: [String]) {
        var outside: Notice?
        for input in inputs {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: input, isDirectory: &isFolder)
            let root = isFolder.boolValue ? Self.resolved(input) : nil
            let found = VideoInputs([input])
            for failure in found.failures { notices.append(Notice("videos", "\(failure.error)")) }
            for video in found.videos {
                let item = Item(id: video.id, path: video.path, root: root)
                if Self.isInside(item) {
                    items.append(item)
                } else if outside == nil {
                    outside = Notice(
                        "videos",
                        "videos are left out because symbolic links lead out of the folder; name their own folder too",
                        items: [video.id])
                } else {
                    outside?.add(video.id)
                }
            }
        }
        if let outside { notices.append(outside) }
    }

    /// The file of a video, checked again, because a link may have changed.
    ///
    /// - Throws: ``ViewerError`` or `FileError`.
    func file(_ item: Item) throws -> (path: String, information: stat) {
        guard let path = Self.resolved(item.path) else { throw FileError.missing(path: item.path) }
        guard Self.isInside(item) else { throw ViewerError.outsideFolder(path: item.path) }
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw FileError.unreadable(path: item.path, reason: "it is no plain file")
        }
        return (path, information)
    }

    private static func isInside(_ item: Item) -> Bool {
        guard let root = item.root else { return true }
        guard let path = resolved(item.path) else { return false }
        return root == "/" || path.hasPrefix(root + "/")
    }

    /// A path without links; nil where nothing is there.
    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    /// The type of a file by its extension, for the browser.
    static func contentType(of path: String) -> String {
        switch (path as NSString).pathExtension.lowercased() {
        case "mp4", "m4v", "mov": "video/mp4"
        case "webm": "video/webm"
        case "mkv": "video/x-matroska"
        case "ogv": "video/ogg"
        case "avi": "video/x-msvideo"
        case "ts", "mts", "m2ts": "video/mp2t"
        default: "application/octet-stream"
        }
    }
}
