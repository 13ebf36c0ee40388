import Foundation

/// Finds the file of a video that is given by an identifier or a URL.
struct VideoFinder {
    /// Paths by name without extension.
    private let files: [String: String]

    init(folder: URL) {
        var files: [String: String] = [:]
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() {
            let url = folder.appendingPathComponent(name)
            guard ["mp4", "webm", "mkv", "avi", "mov", "m4v"].contains(url.pathExtension.lowercased()) else { continue }
            files[url.deletingPathExtension().lastPathComponent] = url.path
        }
        self.files = files
    }

    /// The path of the file; where there is none the identifier itself, which then fails as a missing file.
    func path(of video: String) -> String {
        let address = URLComponents(string: video)
        let query = address?.queryItems?.first { $0.name == "v" }?.value
        let last = address?.path.split(separator: "/").last.map(String.init)
        let identifier = query ?? last ?? video
        return files[identifier] ?? identifier
    }
}
