public import Configuration

/// What a data set holds, where it comes from, and what is wrong with it: a file of `data-manifests`.
public struct DataManifest: Configurable {
    public var name = ""
    public var about = ""
    /// Where it is published.
    public var home = ""
    /// What may be done with it.
    public var licence = ""
    public var citation = ""
    /// The evaluation protocols made for it.
    public var protocols: [String] = []
    /// Its parts, by what they are used for.
    public var splits: [String: Split] = [:]
    /// Known annotation files, by name.
    public var annotations: [String: AnnotationFile] = [:]
    /// Published features, by name.
    public var features: [String: FeatureGrid] = [:]
    /// Known faults, a sentence each.
    public var faults: [String] = []
    /// The names of the actions, in alphabetical order.
    public var classes: [String] = []

    public init() {}

    public struct Split: Codable, Hashable, Sendable {
        /// What annotation files call it.
        public var names: [String]
        public var videos: Int
        public var segments: Int
    }

    public struct AnnotationFile: Codable, Hashable, Sendable {
        /// An ``AnnotationLayout``.
        public var layout: String
        /// Of the uncompressed content, in hexadecimal.
        public var sha256: String
        public var videos: Int
        public var segments: Int
        public var note: String
    }

    public struct FeatureGrid: Codable, Hashable, Sendable {
        /// Frames per second; 0 where each video keeps its own rate.
        public var fps: Double
        /// Frames between neighbouring features.
        public var stride: Int
        /// Frames seen by one feature.
        public var window: Int
        public var channels: Int
        public var note: String
    }

    public func validate() throws {
        for (file, entry) in annotations where AnnotationLayout(rawValue: entry.layout) == nil {
            throw ConfigurationError.invalidValue(
                file: "", key: "annotations.\(file).layout", problem: "is not a known layout: \(entry.layout)")
        }
        if classes != classes.sorted(by: AnnotationSet.bytewise) {
            throw ConfigurationError.invalidValue(file: "", key: "classes", problem: "is not in alphabetical order")
        }
    }
}
