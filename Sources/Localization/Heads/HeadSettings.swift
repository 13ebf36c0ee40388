public import Configuration
import Foundation
public import Tensors

/// The settings of a kind of head: its architecture and its loss. They make the head.
public protocol HeadSettings: Configurable {
    /// Length of the sequences that the head is trained with.
    var maximumLength: Int { get }
    /// Whether the head takes sequences of one length only and is class-agnostic.
    var isProposalMap: Bool { get }

    /// The head with fresh weights.
    ///
    /// - Parameters:
    ///   - featureChannels: channels of the features.
    ///   - classes: number of classes.
    ///   - generator: for the random weights.
    /// - Throws: ``LocalizationError`` where the features do not fit.
    func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead
}

extension HeadSettings {
    public var isProposalMap: Bool { false }

    /// The most channels, positions and the like that a head may be set to. With it no product of a few of them overflows.
    static var largestSize: Int { 1 << 20 }
    /// The most parameters that a head may have: 8 GB of weights and three times as much to train them.
    static var mostParameters: Double { 0x1p31 }
    /// The most values of a tensor or of a table that a head computes for one video: 8 GB.
    static var mostValues: Double { 0x1p31 }

    /// - Throws: an error that names the first of the sizes that is less than 1 or that no machine can hold.
    func requireSizes(_ sizes: [(key: String, value: Int)]) throws {
        for (key, value) in sizes {
            try require(value >= 1, key, "must be at least 1")
            try require(value <= Self.largestSize, key, "must be at most \(Self.largestSize)")
        }
    }

    /// - Throws: an error that names the size to lower, where there would be too many.
    func require(_ count: Double, atMost limit: Double, _ noun: String, _ key: String) throws {
        try require(
            count <= limit, key,
            "is too large with the other sizes: there would be \(String(format: "%.0g", count)) \(noun), and "
                + "\(String(format: "%.0g", limit)) is the most")
    }

    /// Whether other settings are of the same kind and the same.
    func isEqual(to other: any HeadSettings) -> Bool { other as? Self == self }
}

/// A kind of head, called as its section in a configuration file.
public struct HeadKind: Sendable {
    public let settings: any HeadSettings.Type

    /// - Parameter settings: of the heads of this kind; their `section` is its name.
    public init(_ settings: any HeadSettings.Type) { self.settings = settings }

    /// The heads there are.
    public static var allCases: [HeadKind] { own + guests }

    /// The heads of the toolkit. A new head is a folder with its settings, and a name in this list.
    private static let own: [HeadKind] = [.actionformer, .tridet, .temporalmaxer, .gtad, .bmn]

    /// Heads from elsewhere, known for the time of a `$guests.withValue`: so a test follows the guide to a new head.
    @TaskLocal package static var guests: [HeadKind] = []

    /// The name in a configuration file.
    public var rawValue: String { settings.section }
}

extension HeadKind: Hashable, CaseIterable, CustomStringConvertible {
    public static func == (first: HeadKind, second: HeadKind) -> Bool { first.rawValue == second.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    public var description: String { rawValue }
}
