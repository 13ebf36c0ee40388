import Foundation
import Tensors

/// Features in a folder: `VIDEO.npy`, each `[time, channels]`, and `grid.json`, which says where in time they lie.
///
/// `grid.json` maps ids of videos to `{"fps": f, "stride_frames": s, "window_frames": w, "duration_seconds": d}`; the entry
/// `"*"` serves every video that has none. `duration_seconds` may be left out.
public final class NpyFolder: FeatureSource {
    public let path: String
    public let videos: [String]
    public var origin: FeatureOrigin? { nil }
    /// Files of the folder by video, so that an id never becomes a path.
    private let files: [String: String]
    private let grids: [String: GridEntry]

    /// The name of the file with the grids.
    public static let gridFile = "grid.json"
    /// The entry of `grid.json` that serves every video without one.
    private static let anyVideo = "*"

    /// - Throws: ``FeatureError``.
    public init(_ path: String) throws {
        self.path = path
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw exists ? FeatureError.unreadable(path: path, reason: "permission denied") : .notFound(path: path)
        }
        let arrays = names.filter { $0.hasSuffix(".npy") && !$0.hasPrefix(".") }
        files = Dictionary(arrays.map { (String($0.dropLast(4)), path + "/" + $0) }) { first, _ in first }
        videos = files.keys.sorted()
        guard !videos.isEmpty else { throw FeatureError.malformed(path: path, reason: "it has no .npy file") }
        grids = try Self.readGrids(path + "/" + Self.gridFile)
    }

    public func header(for video: String) throws -> FeatureHeader {
        let file = try self.file(of: video)
        let (grid, duration) = try self.grid(of: video)
        do {
            let shape = try NpyFile.header(of: file).shape
            try check(shape, of: video)
            return FeatureHeader(length: shape[0], channels: shape[1], grid: grid, durationSeconds: duration)
        } catch let error as NpyError {
            throw FeatureError.damaged(path: path, video: video, reason: "\(error)")
        }
    }

    public func sequence(for video: String) throws -> FeatureSequence {
        let file = try self.file(of: video)
        let (grid, duration) = try self.grid(of: video)
        do {
            let features = try NpyFile.read(file)
            try check(features.shape, of: video)
            return try FeatureSequence(video: video, features: features, grid: grid, durationSeconds: duration)
                .checkingValues(path: path)
        } catch let error as NpyError {
            throw FeatureError.damaged(path: path, video: video, reason: "\(error)")
        }
    }

    private func file(of video: String) throws -> String {
        guard let file = files[video] else { throw FeatureError.unknownVideo(path: path, video: video) }
        return file
    }

    private func check(_ shape: [Int], of video: String) throws {
        guard shape.count == 2, shape[0] > 0, shape[1] > 0 else {
            throw FeatureError.damaged(
                path: path, video: video, reason: "the array's shape is \(shape) and not [time, channels]")
        }
    }

    // MARK: - Grids

    private struct GridEntry: Decodable, Sendable {
        var fps: Double
        var strideFrames: Double
        var windowFrames: Double
        var durationSeconds: Double?

        enum CodingKeys: String, CodingKey {
            case fps
            case strideFrames = "stride_frames"
            case windowFrames = "window_frames"
            case durationSeconds = "duration_seconds"
        }
    }

    private static func readGrids(_ file: String) throws -> [String: GridEntry] {
        let example = #"{"*": {"fps": 30, "stride_frames": 16, "window_frames": 16}}"#
        guard let data = FileManager.default.contents(atPath: file) else {
            throw FeatureError.unreadable(
                path: file, reason: "it says where in time the features lie; write one such as \(example)")
        }
        do {
            return try JSONDecoder().decode([String: GridEntry].self, from: data)
        } catch DecodingError.keyNotFound(let key, let context) {
            let video = context.codingPath.first?.stringValue ?? "?"
            throw FeatureError.malformed(path: file, reason: "'\(video)' lacks '\(key.stringValue)'")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw FeatureError.malformed(
                path: file, reason: "'\(place)' is of the wrong type; an example is \(example)")
        } catch {
            throw FeatureError.malformed(path: file, reason: "it is not JSON such as \(example)")
        }
    }

    private func grid(of video: String) throws -> (SnippetGrid, durationSeconds: Double?) {
        let file = path + "/" + Self.gridFile
        guard let entry = grids[video] ?? grids[Self.anyVideo] else {
            throw FeatureError.invalidGrid(
                path: file, video: video, reason: "is missing; add an entry for it or one for '\(Self.anyVideo)'")
        }
        guard let rate = Self.fraction(of: entry.fps) else {
            throw FeatureError.invalidGrid(
                path: file, video: video, reason: "has fps \(entry.fps); give 0.001 to 100000")
        }
        for (name, value) in [("stride_frames", entry.strideFrames), ("window_frames", entry.windowFrames)]
        where !(value > 0 && value.isFinite) {
            throw FeatureError.invalidGrid(
                path: file, video: video, reason: "has \(name) \(value); it must be positive")
        }
        if let duration = entry.durationSeconds, !(duration > 0 && duration.isFinite) {
            throw FeatureError.invalidGrid(
                path: file, video: video, reason: "has duration_seconds \(duration); it must be positive")
        }
        let grid = SnippetGrid(
            frameRateNumerator: rate.numerator, frameRateDenominator: rate.denominator,
            strideFrames: entry.strideFrames, windowFrames: entry.windowFrames)
        return (grid, entry.durationSeconds)
    }

    /// The simplest fraction within a part in 10¹² of `value`, by continued fractions.
    static func fraction(of value: Double) -> (numerator: Int, denominator: Int)? {
        guard (0.001...100_000).contains(value) else { return nil }
        var (previousNumerator, numerator) = (0, 1)
        var (previousDenominator, denominator) = (1, 0)
        var rest = value
        for _ in 0..<32 {
            let whole = Int(rest.rounded(.down))
            (previousNumerator, numerator) = (numerator, whole * numerator + previousNumerator)
            (previousDenominator, denominator) = (denominator, whole * denominator + previousDenominator)
            let error = abs(Double(numerator) / Double(denominator) - value)
            if error <= value * 1e-12 || denominator > 1_000_000_000 { break }
            rest = 1 / (rest - Double(whole))
        }
        return numerator > 0 ? (numerator, denominator) : nil
    }
}
