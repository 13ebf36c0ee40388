import Files
import Foundation

/// What is known of a video from its annotations.
public struct VideoFacts: Hashable, Sendable {
    /// Frames per second.
    public var framesPerSecond: Double?
    /// Length in seconds.
    public var durationSeconds: Double?

    public init(framesPerSecond: Double? = nil, durationSeconds: Double? = nil) {
        self.framesPerSecond = framesPerSecond
        self.durationSeconds = durationSeconds
    }
}

/// `grid.json`: where in time the arrays of a folder or file lie, and how the two are named and laid out.
///
/// It maps ids of videos to `{"fps": f, "stride_frames": s, "window_frames": w, "duration_seconds": d}`; the entry `"*"` serves
/// every video that has none. `duration_seconds` may be left out, and `fps` may be `"annotations"`: the rate that the
/// annotations give the video. Beside the videos, or in `"*"`, there may be `"prefix"` and `"suffix"`, which the names of the
/// arrays have and the ids have not, and `"layout"`: `"time-first"` or `"channels-first"`. A file that is an entry itself
/// serves every video.
struct FeatureGridFile: Sendable {
    static let name = "grid.json"
    /// The entry that serves every video without one.
    private static let anyVideo = "*"
    /// The keys of the grid of a video, or of all videos.
    private static let keys = [
        "fps", "stride_frames", "window_frames", "duration_seconds", "prefix", "suffix", "layout",
    ]
    private static func unknown(_ key: String) -> String {
        "'\(key)' is no key of a grid; there are \(keys.joined(separator: ", "))"
    }
    private static let example = #"{"*": {"fps": 30, "stride_frames": 16, "window_frames": 16}}"#

    /// The file.
    let path: String
    let prefix: String
    let suffix: String
    /// The layout of the arrays, if given.
    let layout: FeatureLayout?
    private let entries: [String: Entry]

    /// Reads the first of some files that there is.
    ///
    /// - Parameters:
    ///   - candidates: the files.
    ///   - owner: whose grids they are, for the error where there is none.
    ///   - fallback: the text of such a file, for the case that there is none.
    /// - Throws: ``FeatureError`` or `FileError`.
    init(_ candidates: [String], of owner: String, fallback: String? = nil) throws {
        guard let path = candidates.first(where: FileManager.default.fileExists(atPath:)) ?? candidates.first else {
            preconditionFailure("a grid has a file")
        }
        self.path = path
        let isThere = FileManager.default.fileExists(atPath: path)
        guard let data = isThere ? FileManager.default.contents(atPath: path) : fallback.map({ Data($0.utf8) }) else {
            throw FileError.unreadable(
                path: path,
                reason:
                    "\(isThere ? "it is a folder, or reading is not permitted" : "there is no such file"); it says where in time the features of \(owner) lie; write one such as \(Self.example)"
            )
        }
        let fields: [String: Field]
        do {
            fields = try JSONDecoder().decode([String: Field].self, from: data)
        } catch let error as FieldError {
            throw FeatureError.malformed(path: path, reason: error.problem)
        } catch {
            throw FeatureError.malformed(path: path, reason: "it is not JSON such as \(Self.example)")
        }
        if let key = RepeatedKey.find(in: Array(data), path: path) {
            throw FeatureError.malformed(path: path, reason: "the key '\(key)' is given twice in one object")
        }
        var entries: [String: Entry] = [:], texts: [String: String] = [:], common: [String: Field] = [:]
        for (key, field) in fields {
            switch field {
            case .entry(let entry):
                entries[key] = entry
                if key == Self.anyVideo { texts.merge(entry.texts) { old, _ in old } }
            case .text(let text) where key != "fps": texts[key] = text
            default: common[key] = field
            }
        }
        if !common.isEmpty {
            guard entries[Self.anyVideo] == nil else {
                let key = common.keys.sorted()[0]
                throw FeatureError.malformed(
                    path: path,
                    reason: Self.keys.contains(key) ? "'\(key)' stands beside '*'; put it inside" : Self.unknown(key))
            }
            entries[Self.anyVideo] = try Entry(common, key: nil, path: path)
        }
        for key in texts.keys where !["prefix", "suffix", "layout"].contains(key) {
            throw FeatureError.malformed(
                path: path,
                reason: Self.keys.contains(key)
                    ? "'\(key)' is of the wrong type; an example is \(Self.example)" : Self.unknown(key))
        }
        prefix = texts["prefix"] ?? ""
        suffix = texts["suffix"] ?? ""
        layout = try texts["layout"].map { text in
            guard let layout = FeatureLayout(rawValue: text) else {
                throw FeatureError.malformed(
                    path: path, reason: "'layout' is '\(text)' and not 'time-first' or 'channels-first'")
            }
            return layout
        }
        self.entries = entries
    }

    /// The grid of a video, and its length in seconds where it is known.
    ///
    /// - Throws: ``FeatureError``.
    func grid(of video: String, facts: VideoFacts?) throws -> (grid: SnippetGrid, durationSeconds: Double?) {
        func invalid(_ reason: String) -> FeatureError { .invalidGrid(path: path, video: video, reason: reason) }
        guard let entry = entries[video] ?? entries[Self.anyVideo] else {
            throw invalid("is missing; add an entry for it or one for '\(Self.anyVideo)'")
        }
        let fps: Double
        switch entry.fps {
        case .number(let number): fps = number
        case .annotations:
            guard let number = facts?.framesPerSecond else {
                throw invalid("has fps 'annotations', and the annotations give no frame rate of this video")
            }
            fps = number
        }
        guard let rate = Self.fraction(of: fps) else { throw invalid("has fps \(fps); give 0.001 to 100000") }
        for (name, value) in [("stride_frames", entry.strideFrames), ("window_frames", entry.windowFrames)]
        where !(value > 0 && value.isFinite) {
            throw invalid("has \(name) \(value); it must be positive")
        }
        if let duration = entry.durationSeconds, !(duration > 0 && duration.isFinite) {
            throw invalid("has duration_seconds \(duration); it must be positive")
        }
        let grid = SnippetGrid(
            frameRateNumerator: rate.numerator, frameRateDenominator: rate.denominator,
            strideFrames: entry.strideFrames, windowFrames: entry.windowFrames)
        return (grid, entry.durationSeconds)
    }

    // MARK: - Fields

    private enum FrameRate: Sendable {
        case number(Double)
        case annotations
    }

    private struct FieldError: Error {
        let problem: String
    }

    /// The value of a key: a number, a text, or the entry of a video.
    private indirect enum Field: Decodable {
        case number(Double)
        case text(String)
        case entry(Entry)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let key = decoder.codingPath.map(\.stringValue).joined(separator: ".")
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let fields = try? container.decode([String: Scalar].self) {
                let fields = fields.mapValues { $0.number.map { .number($0) } ?? Field.text($0.text ?? "") }
                self = .entry(try Entry(fields, key: key))
            } else {
                throw FieldError(problem: "'\(key)' is of the wrong type; an example is \(example)")
            }
        }
    }

    private struct Scalar: Decodable {
        var number: Double?
        var text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            number = try? container.decode(Double.self)
            if number == nil { text = try container.decode(String.self) }
        }
    }

    private struct Entry: Sendable {
        var fps: FrameRate
        var strideFrames: Double
        var windowFrames: Double
        var durationSeconds: Double?
        /// Its other texts.
        var texts: [String: String] = [:]

        init(_ fields: [String: Field], key: String?, path: String) throws {
            do {
                self = try Entry(fields, key: key)
            } catch let error as FieldError {
                throw FeatureError.malformed(path: path, reason: error.problem)
            }
        }

        init(_ fields: [String: Field], key: String?) throws {
            let owner = key.map { "'\($0)'" } ?? "it"
            // A misspelt key would be a grid that is not the one meant.
            if let other = fields.keys.sorted().first(where: { !keys.contains($0) }) {
                throw FieldError(problem: unknown((key.map { $0 + "." } ?? "") + other))
            }
            func number(_ name: String) throws -> Double? {
                switch fields[name] {
                case nil: return nil
                case .number(let number): return number
                default:
                    throw FieldError(
                        problem:
                            "'\((key.map { $0 + "." } ?? "") + name)' is of the wrong type; an example is \(example)")
                }
            }
            func required(_ name: String) throws -> Double {
                guard let number = try number(name) else { throw FieldError(problem: "\(owner) lacks '\(name)'") }
                return number
            }
            if case .text("annotations") = fields["fps"] {
                fps = .annotations
            } else {
                fps = .number(try required("fps"))
            }
            strideFrames = try required("stride_frames")
            windowFrames = try required("window_frames")
            durationSeconds = try number("duration_seconds")
            for (name, field) in fields where name != "fps" {
                if case .text(let text) = field { texts[name] = text }
            }
        }
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
