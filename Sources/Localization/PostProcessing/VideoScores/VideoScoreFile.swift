import Annotations
import Foundation
import Tensors

/// Reads the files in which classifiers of videos leave their scores. The content tells which kind a file is.
///
/// - ActivityNet results without segments, `{"results": {video: [{"label", "score"}]}}`, plain or gzip: what `tal recognize`
///   and `tal retrieve` write. A class that a video does not list has the score 0.
/// - The CUHK classifier's JSON, `{"results": {video: [score, …]}, "class": [name, …]}`; the names are in the order of the
///   scores, which is not that of any annotation file.
/// - UntrimmedNet's array for the THUMOS14 test videos, `[1574, 101]`: row n - 1 is `video_test_0000n`, the columns are the
///   classes of UCF101 in their order, of which the 20 of THUMOS14 are used. A row sums to 2.
/// - Any other array `[videos, classes]` (npy), with lists of the classes and of the videos.
struct VideoScoreFile {
    let settings: ScoreFusionSettings
    let path: String

    func read() throws -> VideoClassScores {
        let (classes, scores): (classes: [String], scores: [String: [Double]])
        if Self.head(of: path).starts(with: [0x93] + Array("NUMPY".utf8)) {
            (classes, scores) = try readArray()
        } else {
            (classes, scores) = try readCUHK() ?? readResults()
        }
        return try VideoClassScores(
            path: path, classes: classes, scores: settings.softmax ? scores.mapValues(Self.softmax) : scores)
    }

    private static func head(of path: String) -> Data {
        guard let handle = FileHandle(forReadingAtPath: path) else { return Data() }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 6)) ?? Data()
    }

    private static func softmax(_ row: [Double]) -> [Double] {
        let highest = row.max() ?? 0
        let powers = row.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private func refuse(_ problem: String) -> LocalizationError { .videoScores(file: path, problem: problem) }

    // MARK: - JSON

    private struct CUHK: Decodable {
        var results: [String: [Double]]
        var `class`: [String]
    }

    /// `nil` for a file of another kind.
    private func readCUHK() -> (classes: [String], scores: [String: [Double]])? {
        guard let data = FileManager.default.contents(atPath: path), data.first == UInt8(ascii: "{"),
            let file = try? JSONDecoder().decode(CUHK.self, from: data)
        else { return nil }
        return (file.class, file.results)
    }

    private func readResults() throws -> (classes: [String], scores: [String: [Double]]) {
        let file = try DetectionFile.read(path, needsSegments: false)
        guard !file.detections.isEmpty else {
            throw refuse(
                "holds no entry with label and score; expected {\"results\": {video: [{\"label\", \"score\"}]}} or the CUHK "
                    + "layout {\"results\": {video: [scores]}, \"class\": [names]}")
        }
        let classes = file.detections.labels.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        // Where a class is listed more than once for a video, its best score counts.
        let unlisted = settings.softmax ? -Double.infinity : 0
        var scores: [String: [Double]] = [:]
        for entry in file.detections {
            guard let place = places[entry.label] else { continue }
            let row = scores[entry.video, default: Array(repeating: unlisted, count: classes.count)]
            scores[entry.video] = row
            scores[entry.video]?[place] = row[place] == unlisted ? entry.score : max(row[place], entry.score)
        }
        return (classes, scores)
    }

    // MARK: - Arrays

    private func readArray() throws -> (classes: [String], scores: [String: [Double]]) {
        let array = try NpyFile.read(path)
        guard array.rank == 2 else { throw refuse("has the shape \(array.shape), not [videos, classes]") }
        let (rows, columns) = (array.shape[0], array.shape[1]), values = array.elements
        func row(_ index: Int) -> [Double] { values[(index * columns)..<((index + 1) * columns)].map(Double.init) }
        if let classFile = settings.classes, let videoFile = settings.videos {
            let classes = try LabelFile.read(classFile), videos = try LabelFile.read(videoFile)
            guard classes.count == columns, videos.count == rows else {
                throw refuse(
                    "has the shape \(array.shape), but \(videoFile) lists \(videos.count) videos and \(classFile) "
                        + "\(classes.count) classes")
            }
            let scores = Dictionary(uniqueKeysWithValues: videos.enumerated().map { ($1, row($0)) })
            return (classes, scores)
        }
        guard array.shape == UntrimmedNetClasses.arrayShape else {
            throw refuse(
                "has the shape \(array.shape) and is not UntrimmedNet's array of THUMOS14; name its classes and videos, one a "
                    + "line, by post_processing.fusion.classes and post_processing.fusion.videos")
        }
        let classes = UntrimmedNetClasses.columns.map(\.name)
        let scores = (0..<rows).map { index -> (String, [Double]) in
            let number = String(index + 1), all = row(index)
            let video = "video_test_" + String(repeating: "0", count: 7 - number.count) + number
            return (video, UntrimmedNetClasses.columns.map { all[$0.number - 1] })
        }
        return (classes, Dictionary(uniqueKeysWithValues: scores))
    }
}

/// The classes of THUMOS14 with their numbers among the 101 of UCF101.
enum UntrimmedNetClasses {
    static let arrayShape = [1574, 101]

    static let columns: [(name: String, number: Int)] = [
        ("BaseballPitch", 7), ("BasketballDunk", 9), ("Billiards", 12), ("CleanAndJerk", 21), ("CliffDiving", 22),
        ("CricketBowling", 23), ("CricketShot", 24), ("Diving", 26), ("FrisbeeCatch", 31), ("GolfSwing", 33),
        ("HammerThrow", 36), ("HighJump", 40), ("JavelinThrow", 45), ("LongJump", 51), ("PoleVault", 68),
        ("Shotput", 79), ("SoccerPenalty", 85), ("TennisSwing", 92), ("ThrowDiscus", 93), ("VolleyballSpiking", 97),
    ]
}
