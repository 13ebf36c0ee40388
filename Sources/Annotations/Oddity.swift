/// Something unusual that was found in a file, with how often and where.
public struct Oddity: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case endNotAfterStart = "segment whose end is not after its start"
        case endPastDuration = "segment that ends more than 10 ms after its video"
        case negativeStart = "segment that starts before 0"
        case nearDuplicate = "segment given twice (same label, both ends within 1 ms)"
        case timeAsText = "time written as text instead of a number"
        case missingDuration = "video without a duration"
        case unusableDuration = "duration of a video that is not a number of seconds above 0, passed by"
        case videoTwice = "video listed twice"
        case conflictingLabelIdentifier = "label with two different ids"
        case unusableEntry = "entry left out: no label, no segment, no score or a value of the wrong type"
        case nonFiniteTime = "segment left out: a time that is not a finite number"
        case unlabelled = "segment without a label, named 'action'"
        case point = "event without a length, left out"
        case unpaired = "event that starts and never stops, left out"
        case gap = "row for the time between actions, left out"
        case secondary = "label that is not the primary one, left out"
        case noVideo = "observation without a video, named by itself"
        case joinedFiles = "segment whose time runs on over several files; the lengths before it are not known"
        case sideFile = "file beside another of one observation, listed without segments"
        case assumedEnd = "event without an end, taken to last until the next"
        case unreadableScore = "score that is not a number, passed by"
        case scoreMissing = "prediction without a score, given 1"
        case largeUnit = "segment far past the end of its video: the times may be in milliseconds or frames"
        case smallUnit =
            "segment in the first second of a video longer than 10 s, as all are: the times may be fractions of the video"
        case nearLabel = "label that differs from another only in case or spaces, taken for another class"
        case nearVideo = "video whose id differs from another only in case, taken for another video"
        case fractionOfVideo = "time that is a fraction of the video, whose length is not known"
        case videoInSeveralFiles = "video in several files, its segments joined"
        case conflict = "video to which two files give different facts; the first is kept"
        case alternative = "mark of alternatives without a time, left out"
        case severalAnnotators = "task of several annotators; the segments of all are kept, with the annotator as tier"
        case rowNumber = "number of a row in the column of ids, not taken for a video"
        case repeatedHeader = "line that repeats the names of the columns, left out"
        case boxes = "shape in a picture, left out: it has no length in time"

        /// Whether it is an entry that was understood and is no segment on purpose.
        var isUnderstoodEntry: Bool {
            [.point, .unpaired, .gap, .secondary, .sideFile, .alternative, .boxes].contains(self)
        }
    }

    public let kind: Kind
    /// How often it occurs.
    public let count: Int
    /// The first few places.
    public let examples: [String]

    public var description: String {
        let places = examples.joined(separator: ", ") + (count > examples.count ? ", …" : "")
        return "\(count) × \(kind.rawValue) (\(places))"
    }
}

extension Oddity {
    /// One oddity of each kind, in the order in which kinds are declared.
    static func joined(_ oddities: [Oddity]) -> [Oddity] {
        var counts: [Kind: Oddity] = [:]
        for oddity in oddities { counts[oddity.kind] = counts[oddity.kind].map { $0.joined(with: oddity) } ?? oddity }
        return Kind.allCases.compactMap { counts[$0] }
    }

    /// The same oddity met in two files.
    func joined(with other: Oddity) -> Oddity {
        Oddity(kind: kind, count: count + other.count, examples: Array((examples + other.examples).prefix(3)))
    }
}

/// Counts oddities while a file is read.
struct OddityTally {
    private static let examplesKept = 3
    private var counts: [Oddity.Kind: (count: Int, examples: [String])] = [:]

    mutating func add(_ kind: Oddity.Kind, at place: @autoclosure () -> String) {
        var entry = counts[kind] ?? (0, [])
        entry.count += 1
        if entry.examples.count < Self.examplesKept {
            let text = place()
            if !entry.examples.contains(text) { entry.examples.append(text) }
        }
        counts[kind] = entry
    }

    /// What was counted, in the order in which the kinds are declared.
    var oddities: [Oddity] {
        Oddity.Kind.allCases.compactMap { kind in
            counts[kind].map { Oddity(kind: kind, count: $0.count, examples: $0.examples) }
        }
    }
}
