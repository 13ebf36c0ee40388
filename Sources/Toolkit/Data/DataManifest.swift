import Annotations
public import Configuration
import Files
import Foundation

/// What a data set holds, where it comes from, and what is wrong with it: a file of `data-manifests`.
public struct DataManifest: Configurable {
    public var name = ""
    public var about = ""
    /// Where it is published.
    public var home = ""
    /// What may be done with it.
    public var licence = ""
    public var citation = ""
    /// The evaluation protocols made for it, the usual one first.
    public var protocols: [String] = []
    /// Which papers used which protocol or part, a sentence each.
    public var usage: [String] = []
    /// Its parts, by what they are used for: `training`, `validation`, `testing`.
    public var splits: [String: Split] = [:]
    /// Known annotation files, by name.
    public var annotations: [String: AnnotationFile] = [:]
    /// Files that can be downloaded, by the name they get.
    public var files: [String: Download] = [:]
    /// What must be asked for by hand, a sentence each.
    public var byHand: [String] = []
    /// Published features, by name.
    public var features: [String: FeatureGrid] = [:]
    /// Known faults, a sentence each.
    public var faults: [String] = []
    /// Statements that could not be verified against the data or a page of its authors, a sentence each.
    public var unchecked: [String] = []
    /// The names of the actions, in alphabetical order.
    public var classes: [String] = []
    /// Where the names of the actions are, where they are not listed here.
    public var classesIn: String?

    public init() {}

    public struct Split: Codable, Hashable, Sendable {
        /// What annotation files call it.
        public var names: [String]
        public var videos: Int
        public var segments: Int?
    }

    public struct AnnotationFile: Codable, Hashable, Sendable {
        /// An `AnnotationLayout`.
        public var layout: String
        /// Of the uncompressed content, in hexadecimal.
        public var sha256: String?
        public var videos: Int?
        public var segments: Int?
        public var note: String?
    }

    public struct Download: Codable, Hashable, Sendable {
        public var url: String
        /// In bytes, where it is published.
        public var size: Int?
        /// In hexadecimal, where it is known.
        public var sha256: String?
        public var note: String?
    }

    public struct FeatureGrid: Codable, Hashable, Sendable {
        /// Frames per second; 0 where each video keeps its own rate.
        public var fps: Double
        /// Frames between neighbouring features.
        public var stride: Int
        /// Frames seen by one feature.
        public var window: Int
        public var channels: Int
        /// What the names of files have before the id of the video.
        public var prefix: String?
        /// What the names of files have after the id of the video.
        public var suffix: String?
        /// `channels-first` where arrays are so.
        public var layout: String?
        public var note: String?
    }

    public func validate() throws {
        for (file, entry) in annotations where AnnotationLayout(rawValue: entry.layout) == nil {
            throw invalid("annotations.\(file).layout", "is not a known layout: \(entry.layout)")
        }
        if classes != classes.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            throw invalid("classes", "is not in alphabetical order")
        }
        for (file, entry) in files {
            guard !file.isEmpty, !file.hasPrefix("."), !file.contains("/"), !file.contains("\0") else {
                throw invalid("files.\(file)", "is no name of a file")
            }
            guard let url = URL(string: entry.url), ["http", "https"].contains(url.scheme), url.host != nil else {
                throw invalid("files.\(file).url", "is no address of the web: \(entry.url)")
            }
            if let sum = entry.sha256, sum.wholeMatch(of: /[0-9a-f]{64}/) == nil {
                throw invalid("files.\(file).sha256", "is no SHA-256 of 64 hexadecimal digits")
            }
        }
        for (name, grid) in features where grid.fps < 0 || grid.stride < 1 || grid.window < 1 || grid.channels < 1 {
            throw invalid("features.\(name)", "has a number that is not positive")
        }
    }

    /// The names of the manifests that come with the toolkit.
    public static var builtInNames: [String] { BuiltInManifests.texts.keys.sorted() }

    /// The manifest of a name that comes with the toolkit, or of a file.
    ///
    /// - Throws: ``DataManifestError``, or `ConfigurationError` for a faulty file.
    public static func named(_ nameOrPath: String) throws -> DataManifest {
        if let text = BuiltInManifests.texts[nameOrPath.lowercased()] {
            return try ConfigurationFile.decode(from: text, file: nameOrPath)
        }
        guard FileManager.default.fileExists(atPath: nameOrPath) else {
            throw DataManifestError.unknown(asked: nameOrPath, known: builtInNames)
        }
        return try ConfigurationFile.load(from: nameOrPath)
    }
}

/// What can be wrong with what is asked of a manifest.
public enum DataManifestError: Error, Equatable, CustomStringConvertible {
    /// No manifest has this name, and there is no such file.
    case unknown(asked: String, known: [String])
    /// A manifest without features of this name.
    case noFeatures(dataset: String, asked: String, known: [String])
    /// A manifest without a file of this name to download.
    case noFile(dataset: String, asked: String, known: [String])

    public var description: String {
        switch self {
        case .unknown(let asked, let known):
            "no data set is named '\(asked)' and no such file exists; known: \(known.joined(separator: ", "))"
        case .noFeatures(let dataset, let asked, let known):
            "the manifest of \(dataset) has no features '\(asked)'; it has \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .noFile(let dataset, let asked, let known):
            "the manifest of \(dataset) has no file '\(asked)' to download; it has \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        }
    }
}
