/// What a person may have to say about annotations that their file does not.
public struct ReadingOptions: Sendable {
    /// The format, where the content does not settle it.
    public var format: AnnotationFormat?
    /// Frames per second, for times that are frame numbers in a file without a rate.
    public var framesPerSecond: Double?
    /// What to take as the label where there are several (EPIC-Kitchens).
    public var labelField: LabelField
    /// The unit of plain numbers, where the file does not say it.
    public var unit: TimeUnit?
    /// The column of a table that says which videos belong together when a set is split.
    public var groupColumn: String?

    public init(
        format: AnnotationFormat? = nil, framesPerSecond: Double? = nil, labelField: LabelField = .action,
        unit: TimeUnit? = nil, groupColumn: String? = nil
    ) {
        self.format = format
        self.framesPerSecond = framesPerSecond
        self.labelField = labelField
        self.unit = unit
        self.groupColumn = groupColumn
    }

    /// Frames per second: what the file says, else what the person says.
    ///
    /// - Throws: ``AnnotationsError/noFrameRate(file:what:)`` where neither does.
    func rate(_ known: Double? = nil, of file: SourceFile, _ what: String) throws -> Double {
        try rate(known, ofPath: file.path, what)
    }

    func rate(_ known: Double? = nil, ofPath path: String, _ what: String) throws -> Double {
        if let known, known > 0, known.isFinite { return known }
        guard let framesPerSecond else { throw AnnotationsError.noFrameRate(file: path, what: what) }
        return framesPerSecond
    }
}

/// The unit of the times in a file.
public enum TimeUnit: String, Sendable, CaseIterable {
    case seconds, milliseconds, microseconds, frames

    /// Seconds of a time, for units that are fixed; nil for frames.
    var scale: Double? {
        switch self {
        case .seconds: 1
        case .milliseconds: 1e-3
        case .microseconds: 1e-6
        case .frames: nil
        }
    }
}
