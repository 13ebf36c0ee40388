import Files

/// The annotated videos of a file, or of one subset of it.
public struct AnnotationSet: Sendable {
    /// How ``labels`` is ordered.
    public enum LabelOrder: Hashable, Sendable {
        /// By the `label_id` that the file gives to every label.
        case identifier
        /// By the UTF-8 bytes of the names.
        case alphabetical
        /// As listed by a separate file of names.
        case listed
    }

    /// The videos, in file order.
    public var videos: [AnnotatedVideo]
    /// Every label of the whole file, each once, in ``labelOrder``; a subset keeps the labels of the file.
    public var labels: [String]
    public var labelOrder: LabelOrder
    /// The layout the file was found to have.
    public var layout: AnnotationLayout?
    /// What was unusual in the file.
    public var oddities: [Oddity]

    public init(
        videos: [AnnotatedVideo], labels: [String]? = nil, labelOrder: LabelOrder? = nil,
        layout: AnnotationLayout? = nil, oddities: [Oddity] = []
    ) {
        self.videos = videos
        self.labels = labels ?? Self.alphabeticalLabels(of: videos)
        self.labelOrder = labelOrder ?? (labels == nil ? .alphabetical : .listed)
        self.layout = layout
        self.oddities = oddities
    }

    /// Reads a file, plain or gzip, an archive or a folder, whose content identifies the format.
    ///
    /// - Parameters:
    ///   - path: one of ``AnnotationFormat/all``.
    ///   - labelField: what to take as the label where there are several (EPIC-Kitchens).
    /// - Throws: `FileError` when the file is unreadable, broken, or of no known format;
    ///   ``AnnotationsError/noFrameRate(file:what:)`` for frame numbers without a rate.
    public init(contentsOf path: String, labelField: LabelField = .action) throws {
        try self.init(contentsOf: path, ReadingOptions(labelField: labelField))
    }

    /// Reads a file, plain or gzip, an archive or a folder.
    ///
    /// - Throws: as ``init(contentsOf:labelField:)``.
    public init(contentsOf path: String, _ options: ReadingOptions) throws {
        self = try AnnotationReader.read(path, options)
        if layout == .results {
            throw FileError.malformed(
                path: path, problem: "holds predictions ('results'), not annotations; give it as the predictions")
        }
    }

    /// The number of segments in all videos.
    public var segmentCount: Int { videos.reduce(0) { $0 + $1.segments.count } }

    /// The names of the subsets, in the order of first appearance.
    public var subsetNames: [String] {
        var seen: Set<String> = []
        return videos.compactMap { video in
            !video.subset.isEmpty && seen.insert(video.subset).inserted ? video.subset : nil
        }
    }

    /// The videos of a subset: of exactly this name apart from upper and lower case, or else of another word for the same
    /// part (`train` and `training`; `val`, `valid` and `validation`; `test` and `testing`).
    ///
    /// - Throws: ``AnnotationsError/noSuchSubset(asked:present:)`` when there is none, so that a wrong name cannot pass as
    ///   an empty data set.
    public func subset(_ name: String) throws(AnnotationsError) -> AnnotationSet {
        let wanted = name.lowercased(), common = SubsetName.common(name)
        var result = self
        result.videos = videos.filter { $0.subset.lowercased() == wanted }
        if result.videos.isEmpty, common != nil {
            result.videos = videos.filter { SubsetName.common($0.subset) == common }
        }
        guard !result.videos.isEmpty else { throw .noSuchSubset(asked: name, present: subsetNames) }
        return result
    }

    static func alphabeticalLabels(of videos: [AnnotatedVideo]) -> [String] {
        var labels: Set<String> = []
        for video in videos { labels.formUnion(video.segments.lazy.map(\.label)) }
        return labels.sorted(by: bytewise)
    }

    /// The order of the UTF-8 bytes, the same on every machine and in Python for names of the basic plane.
    static func bytewise(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }
}
