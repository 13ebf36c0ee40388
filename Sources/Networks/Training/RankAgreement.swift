import Foundation

/// What must be the same on all ranks before they train together.
public struct RankAgreement {
    /// What the ranks were found to have otherwise.
    public struct Difference: Error, Equatable, CustomStringConvertible {
        /// What differs, such as `training.batch_size`.
        public var subject: String
        /// A rank that differs from rank 0.
        public var rank: Int
        public var value: String
        /// What rank 0 has.
        public var expected: String

        public var description: String {
            "the ranks do not train the same: \(subject) is \(value) on rank \(rank) and \(expected) on rank 0; give all "
                + "of them the same settings and data"
        }
    }

    private var facts: [Fact] = []

    private struct Fact: Codable, Equatable {
        var subject: String
        var value: String
    }

    public init() {}

    /// Adds something to compare.
    ///
    /// - Parameters:
    ///   - subject: what it is, for the message.
    ///   - value: what this rank has; a digest where it is long.
    public mutating func add(_ subject: String, _ value: String) { facts.append(Fact(subject: subject, value: value)) }

    /// Compares with the other ranks. All ranks come to the same result.
    ///
    /// - Throws: ``Difference``, or an error of the communicator.
    public func check(_ communicator: any Communicator) throws {
        guard !communicator.isAlone else { return }
        let all = try communicator.gather(Array(JSONEncoder().encode(facts)))
        let lists = try all.map { try JSONDecoder().decode([Fact].self, from: Data($0)) }
        for (rank, list) in lists.enumerated() where list != lists[0] {
            let known = Dictionary(list.map { ($0.subject, $0.value) }) { first, _ in first }
            for fact in lists[0] where known[fact.subject] != fact.value {
                throw Difference(
                    subject: fact.subject, rank: rank, value: known[fact.subject] ?? "unknown", expected: fact.value)
            }
            let subjects = Set(lists[0].map(\.subject))
            guard let more = list.first(where: { !subjects.contains($0.subject) }) else { continue }
            throw Difference(subject: more.subject, rank: rank, value: more.value, expected: "unknown")
        }
    }
}
