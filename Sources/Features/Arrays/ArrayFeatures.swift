public import Files
import Foundation
public import Tensors

/// Features that others made: an array for each video, in a folder or in an HDF5 file, with a `grid.json` beside them that says
/// where in time they lie.
///
/// Arrays may be `[time, channels]`, `[channels, time]`, or either with axes of length 1, of any type of numbers. `layout`
/// says which; without it the arrays decide: features of all videos have the same number of channels, and not the same length.
public final class ArrayFeatures: FeatureSource {
    public let path: String
    public let kind: String
    public let videos: [String]
    public var origin: FeatureOrigin? { nil }
    public let notices: [Notice]

    private let storage: any ArrayStorage
    private let grids: FeatureGridFile
    private let layout: FeatureLayout
    private let facts: [String: VideoFacts]
    /// The name of the array of each video.
    private let names: [String: String]

    /// Videos whose arrays are looked at to tell their layout.
    private static let mostLooks = 16

    /// Opens a folder of `VIDEO.npy`, `.npz`, `.pt`, `.pth`, `.pkl` or `.csv` files with a `grid.json`.
    ///
    /// - Parameters:
    ///   - folder: where it lies.
    ///   - facts: what is known of the videos.
    ///   - grid: the text of a `grid.json`, for a folder that has none.
    /// - Throws: ``FeatureError``.
    public convenience init(folder: String, facts: [String: VideoFacts] = [:], grid: String? = nil) throws {
        try self.init(FolderArrays(folder), facts: facts, grid: grid)
    }

    init(_ storage: any ArrayStorage, facts: [String: VideoFacts], grid: String? = nil) throws {
        self.storage = storage
        self.facts = facts
        path = storage.path
        kind = storage.kind
        let grids = try FeatureGridFile(
            storage.gridFiles,
            of: "\(path), the \(kind) with \(storage.names.count) arrays such as '\(storage.names.first ?? "")',",
            fallback: grid)
        self.grids = grids
        var names: [String: String] = [:]
        for name in storage.names {
            // An array without the suffix is one of something else, such as the other of two kinds of features.
            guard name.hasSuffix(grids.suffix) else { continue }
            let stem = name.dropLast(grids.suffix.count)
            let video = String(stem.hasPrefix(grids.prefix) ? stem.dropFirst(grids.prefix.count) : stem)
            if !video.isEmpty { names[video] = name }
        }
        guard !names.isEmpty else {
            throw FeatureError.malformed(
                path: path,
                reason:
                    "none of its \(storage.names.count) arrays (\(storage.names.prefix(3).joined(separator: ", "))) ends with "
                    + "'\(grids.suffix)', the suffix in \(grids.path)")
        }
        guard grids.prefix.isEmpty || storage.names.contains(where: { $0.hasPrefix(grids.prefix) }) else {
            throw FeatureError.malformed(
                path: path,
                reason:
                    "none of its \(storage.names.count) arrays (\(storage.names.prefix(3).joined(separator: ", "))) begins with "
                    + "'\(grids.prefix)', the prefix in \(grids.path)")
        }
        self.names = names
        videos = names.keys.sorted()
        if let layout = grids.layout {
            self.layout = layout
            notices = storage.notices
        } else {
            let seen: [(video: String, shape: FeatureShape)] = videos.prefix(Self.mostLooks).compactMap { video in
                guard let name = names[video], let stored = try? storage.shape(of: name),
                    let shape = try? FeatureShape(stored)
                else { return nil }
                return (video, shape)
            }
            let lengths = seen.map { Self.expectedLength(of: $0.video, grids: grids, facts: facts[$0.video]) }
            layout = Self.layout(of: seen.map(\.shape), expectedLengths: lengths)
            notices =
                layout == .timeFirst
                ? storage.notices
                : storage.notices + [
                    Notice(
                        "features-turned",
                        "arrays are read as [channels, time], as their shapes say; \"layout\": \"channels-first\" in "
                            + "\(FeatureGridFile.name) settles it",
                        one: "array is read as [channels, time], as its shape says; \"layout\": \"channels-first\" in "
                            + "\(FeatureGridFile.name) settles it", items: videos)
                ]
        }
    }

    /// Tells the layout of arrays from their shapes, and from the lengths that the durations of their videos ask for.
    static func layout(of shapes: [FeatureShape], expectedLengths: [Double?]) -> FeatureLayout {
        let (firsts, seconds) = (Set(shapes.map(\.first)), Set(shapes.map(\.second)))
        if seconds.count == 1, firsts.count > 1 { return .timeFirst }
        if firsts.count == 1, seconds.count > 1 { return .channelsFirst }
        // All alike, or one video: the durations decide where they do so clearly.
        let known = zip(shapes, expectedLengths).compactMap { shape, length in length.map { (shape, $0) } }
        func fits(_ length: Int, _ expected: Double) -> Bool { abs(Double(length) - expected) <= max(2, expected / 10) }
        let isTurned =
            !known.isEmpty && known.allSatisfy { fits($0.second, $1) && !fits($0.first, $1) }
        return isTurned ? .channelsFirst : .timeFirst
    }

    private static func expectedLength(of video: String, grids: FeatureGridFile, facts: VideoFacts?) -> Double? {
        guard let (grid, given) = try? grids.grid(of: video, facts: facts),
            let seconds = given ?? facts?.durationSeconds
        else { return nil }
        return max(1, (seconds * grid.framesPerSecond - grid.windowFrames) / grid.strideFrames + 1)
    }

    public func header(for video: String) throws -> FeatureHeader {
        try reading(video) { name, grid, duration in
            let shape = try FeatureShape(storage.shape(of: name))
            return FeatureHeader(
                length: shape.length(layout), channels: shape.channels(layout), grid: grid, durationSeconds: duration)
        }
    }

    public func sequence(for video: String) throws -> FeatureSequence {
        try reading(video) { name, grid, duration in
            let array = try storage.array(of: name)
            let shape = try FeatureShape(array.shape)
            let matrix = array.reshaped([shape.first, shape.second])
            return try FeatureSequence(
                video: video, features: layout == .timeFirst ? matrix : matrix.transposed([1, 0]), grid: grid,
                durationSeconds: duration, path: path
            ).checkingValues(path: path)
        }
    }

    public var readsParts: Bool { layout == .timeFirst && storage.readsParts }

    public func part(_ range: Range<Int>, of video: String) throws -> Tensor {
        guard layout == .timeFirst else { return try partOfAll(range, of: video) }
        return try reading(video) { name, _, _ in
            let shape = try FeatureShape(storage.shape(of: name))
            guard range.lowerBound >= 0, range.upperBound <= shape.first else {
                throw ArrayFailure("there are fewer of them than when the folder was opened")
            }
            let part = try storage.elements(
                range.lowerBound * shape.second..<range.upperBound * shape.second, of: name
            ).reshaped([range.count, shape.second])
            try part.requireFinite(path: path, video: video, first: range.lowerBound)
            return part
        }
    }

    private func reading<Result>(
        _ video: String, _ body: (_ name: String, SnippetGrid, _ duration: Double?) throws -> Result
    ) throws -> Result {
        guard let name = names[video] else { throw FeatureError.unknownVideo(path: path, video: video) }
        let (grid, duration) = try grids.grid(of: video, facts: facts[video])
        do {
            return try body(name, grid, duration)
        } catch let error as FeatureError {
            throw error
        } catch let error as ArrayFailure {
            throw FeatureError.damaged(path: path, video: video, reason: error.reason)
        } catch let error as HDF5Failure {
            throw FeatureError.damaged(path: path, video: video, reason: error.reason)
        } catch {
            throw FeatureError.damaged(path: path, video: video, reason: "\(error)")
        }
    }
}
