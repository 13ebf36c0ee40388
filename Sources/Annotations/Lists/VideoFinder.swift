import Foundation

/// Finds the file of a video that is given by an identifier or a URL.
struct VideoFinder {
    /// Paths by name without extension; several where files of different folders or kinds share a name.
    private let files: [String: [String]]
    /// Paths by path in the folder without extension.
    private let places: [String: [String]]

    init(folder: URL) {
        var files: [String: [String]] = [:], places: [String: [String]] = [:]
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() {
            let url = folder.appendingPathComponent(name)
            guard ["mp4", "webm", "mkv", "avi", "mov", "m4v"].contains(url.pathExtension.lowercased()) else { continue }
            files[url.deletingPathExtension().lastPathComponent, default: []].append(url.path)
            places[(name as NSString).deletingPathExtension, default: []].append(url.path)
        }
        self.files = files
        self.places = places
    }

    /// The path of the file; where there is none the identifier itself, which then fails as a missing file. An identifier that is the name
    /// of several files fails so, too, and says which they are.
    func path(of video: String) -> String {
        let address = URLComponents(string: video)
        let query = address?.queryItems?.first { $0.name == "v" }?.value
        let last = address?.path.split(separator: "/").last.map(String.init)
        let identifier = query ?? last ?? video
        let found = places[video] ?? files[identifier] ?? []
        guard found.count > 1 else { return found.first ?? identifier }
        return "\(identifier), one file of \(found.prefix(3).joined(separator: " and "))\(found.count > 3 ? ", …" : "")"
    }
}
