import Annotations
import ArgumentParser

/// The options of commands that show or write detections: which of them, and in which order.
struct SelectionOptions: ParsableArguments {
    @Option(name: .long, help: "Leave out what scores less, in what is shown and in what is written.")
    var minScore: Double?

    @Flag(name: .long, help: "Leave out what overlaps something better of the same video, of any class.")
    var noOverlap = false

    @Option(
        name: .long, help: "Show and write at most this many of each video, the best ones; 0 keeps all."
    )
    var top: Int?

    @Option(
        name: .long, help: "Show and write by time or by score.",
        transform: { name in
            guard let order = DetectionSelection.Order(rawValue: name.lowercased()) else {
                throw ValidationError("'\(name)' is neither time nor score")
            }
            return order
        })
    var order: DetectionSelection.Order?

    func validate() throws {
        if let minScore, minScore.isNaN { throw ValidationError("--min-score must be a number") }
        if let top, top < 0 { throw ValidationError("--top must not be negative") }
    }

    /// What is kept.
    var value: DetectionSelection {
        var selection = DetectionSelection()
        selection.minimumScore = minScore
        selection.excludesOverlap = noOverlap
        selection.top = top ?? 0
        selection.order = order
        return selection
    }
}

extension AnnotationFormat {
    /// The written format of a name.
    ///
    /// - Throws: `ValidationError`, which lists the names.
    static func written(_ name: String) throws -> AnnotationFormat {
        try named(name, among: WrittenFormats.all, "written")
    }

    /// The read format of a name.
    ///
    /// - Throws: `ValidationError`, which lists the names.
    static func readable(_ name: String) throws -> AnnotationFormat {
        try named(name, among: all.filter(\.isRead), "read")
    }

    private static func named(
        _ name: String, among formats: [AnnotationFormat], _ what: String
    ) throws -> AnnotationFormat {
        let wanted = name.lowercased()
        if let format = formats.first(where: { $0.name == wanted }) { return format }
        throw ValidationError(
            "'\(name)' is no format that is \(what); there are \(formats.map(\.name).joined(separator: ", "))")
    }
}
