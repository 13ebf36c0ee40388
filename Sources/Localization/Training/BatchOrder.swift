import Tensors

/// Which videos make up the batches of an epoch.
struct BatchOrder: Sendable {
    /// Videos drawn in an epoch.
    let count: Int
    let batchSize: Int
    /// The videos of each class, for class-balanced sampling.
    private let classes: [[Int]]

    /// - Parameters:
    ///   - batchSize: videos in a step.
    ///   - classes: the videos of each class; where there are any, every class is drawn equally often, and every video of a class
    ///     equally often for it. Videos without a class are then not drawn.
    init(count: Int, batchSize: Int, classes: [[Int]] = []) {
        self.count = count
        self.batchSize = batchSize
        self.classes = classes.filter { !$0.isEmpty }
    }

    /// The last, smaller batch is left out unless it is the only one.
    var batchesPerEpoch: Int { max(1, count / batchSize) }

    /// The videos of an epoch in their order.
    func order(_ generator: RandomGenerator) -> [Int] {
        var draws = generator.split(0)
        guard !classes.isEmpty else { return Array(0..<count).shuffled(using: &draws) }
        var turns = ShuffledTurns(classes.count), videos = classes.map { ShuffledTurns($0.count) }
        return (0..<count).map { _ in
            let label = turns.next(using: &draws)
            return classes[label][videos[label].next(using: &draws)]
        }
    }

    /// Places in the order of an epoch.
    func places(_ batch: Int) -> Range<Int> { (batch * batchSize)..<min((batch + 1) * batchSize, count) }
}

/// Numbers below a count in random order, each once before any comes again.
private struct ShuffledTurns {
    private let count: Int
    private var rest: [Int] = []

    init(_ count: Int) { self.count = count }

    mutating func next(using generator: inout RandomGenerator) -> Int {
        if rest.isEmpty { rest = Array(0..<count).shuffled(using: &generator) }
        return rest.removeLast()
    }
}
