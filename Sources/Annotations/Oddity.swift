/// Something unusual that was found in a file, with how often and where.
public struct Oddity: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case endNotAfterStart = "segment whose end is not after its start"
        case endPastDuration = "segment that ends more than 10 ms after its video"
        case negativeStart = "segment that starts before 0"
        case nearDuplicate = "segment given twice (same label, both ends within 1 ms)"
        case timeAsText = "time written as text instead of a number"
        case missingDuration = "video without a duration"
        case videoTwice = "video listed twice"
        case conflictingLabelIdentifier = "label with two different ids"
        case unusableEntry = "entry left out: no label, no segment, no score or a value of the wrong type"
        case nonFiniteTime = "segment left out: a time that is not a finite number"
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
