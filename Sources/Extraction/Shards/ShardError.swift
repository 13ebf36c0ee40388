/// Why a process does not know its shard, or cannot divide the list as the others do.
public enum ShardError: Error, Equatable, CustomStringConvertible {
    /// A text that names no shard.
    case malformed(String, problem: String)
    /// No variable of a scheduler is set.
    case noScheduler
    /// A variable that is no number that makes sense.
    case wrongVariable(name: String, value: String, expected: String)
    /// A variable without the one that belongs to it.
    case missingVariable(name: String, beside: String)
    /// The number of this process is known, but not how many there are.
    case unknownCount(fact: String)
    /// Variables that cannot be true together; each fact names them and their values.
    case contradiction(facts: [String], problem: String)
    /// Some inputs led to nothing, so that the list of this process is perhaps not that of the others.
    case incompleteList(failures: Int, first: String)
    /// The store of another shard was made from another list, or with another encoder.
    case otherList(path: String, theirs: String, ours: String)

    public var description: String {
        switch self {
        case .malformed(let text, let problem): "'\(text)' names no shard: \(problem)"
        case .noScheduler:
            "no scheduler says which shard this process has: none of \(ShardEnvironment.leadingVariables.joined(separator: ", ")) "
                + "is set"
        case .wrongVariable(let name, let value, let expected): "\(name) is '\(value)'; expected \(expected)"
        case .missingVariable(let name, let beside): "\(beside), but \(name) is not set, and both are needed"
        case .unknownCount(let fact): "\(fact), but no variable says how many shards there are"
        case .contradiction(let facts, let problem): "\(facts.joined(separator: "; ")): \(problem)"
        case .incompleteList(let failures, let first):
            "\(failures) of the inputs led to no video, so this list is perhaps not that of the other shards; the first: \(first)"
        case .otherList(let path, let theirs, let ours):
            "\(path): is \(theirs), and here it would be \(ours); give all shards the same videos and encoder, or choose another "
                + "output"
        }
    }
}
