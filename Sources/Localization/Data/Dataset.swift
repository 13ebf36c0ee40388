public import Annotations
public import Features
import Files
import Tensors

/// What becomes one sample of an epoch.
struct TrainingPart: Sendable, Equatable {
    /// The video, as a place in ``Dataset/items``.
    var item: Int
    /// The first feature of a fixed window; a random part of the video where there is none.
    var first: Int?
}

/// Videos with features and annotations, as samples: features + annotations + window policy.
public struct Dataset: Sendable {
    /// One video.
    public struct Item: Sendable, Equatable {
        public var video: String
        /// Length in seconds, where the annotations give it.
        public var durationSeconds: Double?
        /// The annotated actions, labels as places in ``Dataset/labels``.
        public var segments: [IndexedSegment]

        public init(video: String, durationSeconds: Double? = nil, segments: [IndexedSegment] = []) {
            self.video = video
            self.durationSeconds = durationSeconds
            self.segments = segments
        }
    }

    /// What was left out when features and annotations were put together.
    public struct Omissions: Sendable, Equatable {
        /// Annotated videos without features.
        public var videosWithoutFeatures: [String] = []
        /// Segments whose label is not among the classes, by label.
        public var unknownLabels: [String: Int] = [:]
        /// Segments whose end does not lie behind their start, by video.
        public var emptySegments: [String: Int] = [:]

        /// One line for each kind, for people.
        ///
        /// - Parameter missing: whether videos without features count.
        public func lines(withMissing missing: Bool = true) -> [String] {
            var lines: [String] = []
            func examples(_ names: [String]) -> String {
                names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
            }
            if missing, !videosWithoutFeatures.isEmpty {
                lines.append(
                    "\(Quantity.text(videosWithoutFeatures.count, "annotated video")) without features "
                        + "(\(examples(videosWithoutFeatures)))")
            }
            for (label, count) in unknownLabels.sorted(by: { $0.key < $1.key }) {
                lines.append("\(count) segments are labelled '\(label)', which is no class of the model")
            }
            if !emptySegments.isEmpty {
                lines.append(
                    "\(emptySegments.values.reduce(0, +)) segments end before they begin "
                        + "(\(examples(emptySegments.keys.sorted())))")
            }
            return lines
        }
    }

    /// The videos, in the order of the annotations.
    public let items: [Item]
    /// Class names; a label is a place in this list.
    public let labels: [String]
    /// What was left out.
    public let omissions: Omissions
    /// Where the features are.
    public let features: any FeatureSource
    /// From features to samples.
    public let preparation: SamplePreparation
    private let cache: FeatureCache

    /// Puts features and annotations together.
    ///
    /// - Parameters:
    ///   - features: of the videos.
    ///   - annotations: the videos wanted; those without features are left out and listed in ``omissions``.
    ///   - labels: class names. With `classAgnostic` there is one, and every action belongs to it.
    ///   - classAgnostic: whether all actions are one class.
    ///   - ignoredLabels: labels that are left out without being counted, such as THUMOS14's `Ambiguous`.
    ///   - preparation: from features to samples.
    ///   - cacheBytes: features kept in memory once they were read.
    public init(
        features: any FeatureSource, annotations: AnnotationSet, labels: [String], classAgnostic: Bool = false,
        ignoredLabels: [String] = [], preparation: SamplePreparation, cacheBytes: Int = 0
    ) {
        let places = Dictionary(labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        // Names are compared as people see them, and used as the features spell them (macOS decomposes letters with marks).
        let spellings = Dictionary(features.videos.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
        let ignored = Set(ignoredLabels)
        var omissions = Omissions(), items: [Item] = []
        for video in annotations.videos {
            guard let name = spellings[video.id] else {
                omissions.videosWithoutFeatures.append(video.id)
                continue
            }
            var item = Item(video: name, durationSeconds: video.duration)
            for action in video.segments where !ignored.contains(action.label) {
                guard let label = classAgnostic ? 0 : places[action.label] else {
                    omissions.unknownLabels[action.label, default: 0] += 1
                    continue
                }
                guard action.segment.duration > 0 else {
                    omissions.emptySegments[video.id, default: 0] += 1
                    continue
                }
                item.segments.append(IndexedSegment(segment: action.segment, label: label))
            }
            items.append(item)
        }
        self.items = items
        self.omissions = omissions
        self.labels = labels
        self.features = features
        self.preparation = preparation
        cache = FeatureCache(limit: cacheBytes)
    }

    /// Every video of a source of features, without annotations: what detection needs.
    public init(features: any FeatureSource, labels: [String], preparation: SamplePreparation) {
        items = features.videos.map { Item(video: $0) }
        self.labels = labels
        omissions = Omissions()
        self.features = features
        self.preparation = preparation
        cache = FeatureCache(limit: 0)
    }

    /// Number of videos.
    public var count: Int { items.count }
    /// Number of annotated segments.
    public var segmentCount: Int { items.reduce(0) { $0 + $1.segments.count } }

    /// Number of annotated segments of each class.
    var segmentCounts: [Int] {
        items.reduce(into: Array(repeating: 0, count: labels.count)) { counts, item in
            for segment in item.segments { counts[segment.label] += 1 }
        }
    }

    /// The parts of each class, as places in `parts`.
    func partsOfClasses(_ parts: [TrainingPart]) -> [[Int]] {
        parts.indices.reduce(into: Array(repeating: [], count: labels.count)) { places, index in
            for label in Set(items[parts[index].item].segments.map(\.label)).sorted() { places[label].append(index) }
        }
    }

    /// Classes that no video has.
    public var emptyClasses: [Int] {
        let present = Set(items.flatMap { $0.segments.map(\.label) })
        return labels.indices.filter { !present.contains($0) }
    }

    /// A whole video.
    ///
    /// - Throws: `FeatureError`
    public func sample(_ index: Int) throws -> Sample {
        preparation.sample(of: try sequence(index), segments: items[index].segments)
    }

    /// What an epoch trains on, in the order of the videos.
    ///
    /// - Throws: `FeatureError`
    func trainingParts() throws -> [TrainingPart] {
        guard preparation.settings.trainingWindows == .all else {
            return items.indices.map { TrainingPart(item: $0, first: nil) }
        }
        return try items.indices.flatMap { index in
            let header = try features.header(for: items[index].video)
            return preparation.trainedWindowStarts(of: header, segments: items[index].segments)
                .map { TrainingPart(item: index, first: $0) }
        }
    }

    /// A part of a video as it is trained.
    ///
    /// - Parameter draw: a random integer of a range.
    /// - Throws: `FeatureError`
    func trainingSample(_ part: TrainingPart, draw: (ClosedRange<Int>) -> Int) throws -> Sample {
        let sequence = try sequence(part.item), segments = items[part.item].segments
        if let first = part.first {
            return preparation.trainingWindow(of: sequence, segments: segments, first: first)
        }
        return preparation.trainingSample(of: sequence, segments: segments, draw: draw)
    }

    /// A part of a video as it is trained, without its features: their number and the segments, from the header alone.
    ///
    /// - Parameters:
    ///   - header: of the features of the video.
    ///   - draw: a random integer of a range.
    func outline(_ part: TrainingPart, _ header: FeatureHeader, draw: (ClosedRange<Int>) -> Int) -> Sample {
        let item = items[part.item]
        let sequence = FeatureSequence(
            video: item.video, features: .zeros([header.length, 0]), grid: header.grid,
            durationSeconds: item.durationSeconds)
        if let first = part.first {
            return preparation.trainingWindow(of: sequence, segments: item.segments, first: first)
        }
        return preparation.trainingSample(of: sequence, segments: item.segments, draw: draw)
    }

    private func sequence(_ index: Int) throws -> FeatureSequence {
        var sequence = try cache.sequence(for: items[index].video, from: features)
        sequence.durationSeconds = sequence.durationSeconds ?? items[index].durationSeconds
        return sequence
    }
}
