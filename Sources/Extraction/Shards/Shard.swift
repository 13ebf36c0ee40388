import Foundation

/// One of several parts into which a list of videos is divided, so that as many processes can work on it.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    /// Its number, from 0 to ``count`` - 1, as schedulers count.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// - Parameters:
    ///   - index: from 0 to `count` - 1.
    ///   - count: how many parts there are, at least 1.
    public init(_ index: Int, of count: Int) {
        precondition(count > 0 && (0..<count).contains(index), "\(index) of \(count) is no shard")
        self.index = index
        self.count = count
    }

    /// More processes than this never share a list.
    public static let mostShards = 1_000_000

    public var description: String { "\(index)/\(count)" }

    /// The file of this part of an output: `f.1-of-8.h5` is the second of eight for `f.h5`. Numbers have as many digits as the count, so that names
    /// sort as the parts do.
    public func path(of output: String) -> String {
        let number = String(index), width = String(count).count
        let infix = String(repeating: "0", count: width - number.count) + "\(number)-of-\(count)"
        let path = output as NSString
        guard !path.pathExtension.isEmpty else { return "\(output).\(infix)" }
        return "\(path.deletingPathExtension).\(infix).\(path.pathExtension)"
    }
}

/// How a process learns which shard is its own.
public enum ShardChoice: Hashable, Sendable {
    /// It is said.
    case given(Shard)
    /// The scheduler says it in environment variables, the number of shards too unless it is said here.
    case automatic(count: Int?)

    /// Reads `1/8`, `auto` or `auto/8`. Shards are counted from 0.
    ///
    /// - Throws: ``ShardError/malformed(_:problem:)``.
    public init(_ text: String) throws(ShardError) {
        func refuse(_ problem: String) -> ShardError { .malformed(text, problem: problem) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if text == "auto" {
            self = .automatic(count: nil)
            return
        }
        guard parts.count == 2, let count = Self.number(parts[1]) else {
            throw refuse("expected i/n such as 0/8, auto, or auto/n")
        }
        guard (1...Shard.mostShards).contains(count) else {
            throw refuse("the number of shards must be from 1 to \(Shard.mostShards)")
        }
        if parts[0] == "auto" {
            self = .automatic(count: count)
            return
        }
        guard let index = Self.number(parts[0]) else { throw refuse("expected i/n such as 0/8, auto, or auto/n") }
        guard (0..<count).contains(index) else {
            throw refuse("shards are counted from 0, so the \(count) of them are 0/\(count) to \(count - 1)/\(count)")
        }
        self = .given(Shard(index, of: count))
    }

    /// The shard of this process.
    ///
    /// - Parameter environment: the variables of the process.
    /// - Throws: ``ShardError`` where the variables do not say it, or contradict each other.
    public func resolved(environment: [String: String]) throws(ShardError) -> Shard {
        switch self {
        case .given(let shard): shard
        case .automatic(let count): try ShardEnvironment(environment).shard(count: count)
        }
    }

    /// Digits only: neither signs nor spaces.
    private static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
