import Foundation
import Video

/// What a folder holds, however deep: paths from the folder.
struct VideoFolder {
    /// Regular files, and links to such, whose names end like those of videos. Anything else, such as a pipe, is no recording
    /// that could be read twice.
    private(set) var videos: [String] = []
    /// Folders with pictures and without videos; the empty text is the folder itself.
    private(set) var pictureFolders: [String] = []
    /// Folders that cannot be listed.
    private(set) var unreadable: [String] = []

    /// Adds what is in a folder. Links to folders are not followed, since they may lead in circles.
    ///
    /// - Parameters:
    ///   - base: the folder that was given, with a `/` at its end.
    ///   - folder: the path from there, empty or with a `/` at its end.
    mutating func search(_ base: String, from folder: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: base + folder) else {
            unreadable.append(folder)
            return
        }
        var holdsVideos = false, holdsPictures = false
        // Sorted by bytes, since two names may differ only in how their letters are composed.
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".") {
            switch Self.kind(of: base + folder + name) {
            case .folder:
                search(base, from: folder + name + "/")
            case .file:
                let isVideo = VideoInputs.extensions.contains((name as NSString).pathExtension.lowercased())
                if isVideo { videos.append(folder + name) }
                holdsVideos = holdsVideos || isVideo
                holdsPictures = holdsPictures || PictureNames.isPicture(name)
            case .other:
                break
            }
        }
        if holdsPictures, !holdsVideos { pictureFolders.append(String(folder.dropLast())) }
    }

    private enum Kind { case file, folder, other }

    private static func kind(of path: String) -> Kind {
        var information = stat()
        guard lstat(path, &information) == 0 else { return .other }
        if information.st_mode & S_IFMT == S_IFDIR { return .folder }
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG ? .file : .other
    }
}
