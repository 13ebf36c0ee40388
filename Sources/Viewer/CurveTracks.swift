import Files
import Foundation
import Localization

/// Files of scores over the time, a track each.
struct CurveTracks: Sendable {
    struct Track: Sendable {
        var name: String
        var file: ScoreCurveFile
        var videos: Set<String>
    }

    private(set) var tracks: [Track] = []

    /// What stands between the name of a file of detections and the extension of the file of their curves.
    static let suffix = ".curves.h5"

    init() {}

    /// Opens the files that were named, and those that lie beside files of detections: `a.curves.h5` beside `a.json`.
    ///
    /// - Parameters:
    ///   - paths: files that were named.
    ///   - predictions: files of detections.
    ///   - shown: the videos that are shown.
    ///   - notify: gets what is wrong with a file that was not named; it is left out.
    /// - Throws: for a file that was named: `FileError` or `LocalizationError.scoreCurves`, also where no video that is shown is
    ///   in it.
    init(_ paths: [String], beside predictions: [String], shown: [String], notify: (Notice) -> Void) throws {
        for path in paths { try add(path, shown: shown) }
        let known = paths.compactMap { FileIdentity($0) }
        for prediction in predictions {
            let path = (prediction as NSString).deletingPathExtension + Self.suffix
            guard let identity = FileIdentity(path), !known.contains(identity) else { continue }
            do {
                try add(path, shown: shown)
            } catch {
                notify(Notice("curves", "\(error); its curves are left out"))
            }
        }
    }

    private mutating func add(_ path: String, shown: [String]) throws {
        let file = try ScoreCurveFile(path: path), videos = Set(file.videos)
        guard let first = shown.first(where: videos.contains) else {
            let met = file.videos.first.map { "scores of \(videos.count) videos such as '\($0)'" } ?? "no video"
            throw LocalizationError.scoreCurves(
                file: path, problem: "has \(met); expected one that is shown, such as '\(shown.first ?? "")'")
        }
        try file.check(first)
        var name = (path as NSString).lastPathComponent
        if name.hasSuffix(Self.suffix) { name.removeLast(Self.suffix.count) }
        if tracks.contains(where: { $0.name == name }) { name += " (\(tracks.count + 1))" }
        tracks.append(Track(name: name, file: file, videos: videos))
    }

    /// The numbers of the tracks that have a video.
    func numbers(of video: String) -> [Int] { tracks.indices.filter { tracks[$0].videos.contains(video) } }
}
