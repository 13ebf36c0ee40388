import Annotations

/// A segment of ground truth as the page sends and gets it.
struct EditedSegment: Codable, Hashable, Sendable {
    /// Who made a segment. It is saved as the segment's tier, where it has none of its own and the format holds tiers.
    enum Maker: String, Codable, Sendable {
        case human
        /// A detection that a person accepted as it was.
        case detector
        /// A detection that a person accepted and then changed.
        case corrected = "corrected detector"
    }

    /// In seconds.
    var start: Double
    var end: Double
    var label: String
    var maker: Maker?
    /// The tier of the file that it came from.
    var tier: String?

    init(_ segment: LabelledSegment) {
        start = segment.segment.start
        end = segment.segment.end
        label = segment.label
        maker = segment.tier.flatMap(Maker.init)
        tier = maker == nil ? segment.tier : nil
    }

    init(start: Double, end: Double, label: String, maker: Maker? = nil) {
        (self.start, self.end, self.label, self.maker) = (start, end, label, maker)
    }

    var labelled: LabelledSegment {
        LabelledSegment(segment: Segment(start: start, end: end), label: label, tier: tier ?? maker?.rawValue)
    }

    static let longestLabel = 300

    /// What is wrong with it; nil where nothing is.
    var problem: String? {
        guard start.isFinite, end.isFinite, start >= 0, end <= 1e7 else { return "a time lies outside any video" }
        guard start < end else { return "a segment ends before it starts (\(start) to \(end))" }
        for text in [label, tier ?? "tier"] {
            guard !text.isEmpty, text.utf8.count <= Self.longestLabel,
                !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
            else { return "a label is empty, longer than \(Self.longestLabel) bytes, or has control characters" }
        }
        return nil
    }
}
