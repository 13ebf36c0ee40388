internal import CKernels
public import Tensors
import Threads

/// A running average of parameters, `average ← decay · average + (1 - decay) · value` after every step.
public struct MovingAverage: Sendable {
    /// The averaged values, in the order of the parameters.
    public private(set) var values: [Tensor]
    /// The fraction of the average that stays at each update.
    public let decay: Double
    /// Whether early updates use the smaller decay `(1 + n) / (10 + n)`, so that the initial weights are soon forgotten.
    public let warmsUp: Bool
    /// Updates so far.
    public private(set) var updates: Int

    /// An average that starts at the current values.
    public init(of parameters: [Parameter], decay: Double, warmsUp: Bool = false) {
        values = parameters.map(\.value)
        self.decay = decay
        self.warmsUp = warmsUp
        updates = 0
    }

    /// An average that continues from saved values.
    public init(values: [Tensor], decay: Double, warmsUp: Bool, updates: Int) {
        self.values = values
        self.decay = decay
        self.warmsUp = warmsUp
        self.updates = updates
    }

    /// Moves the average towards the current values.
    public mutating func update(from parameters: [Parameter]) {
        let present = warmsUp ? min(decay, Double(1 + updates) / Double(10 + updates)) : decay
        let sources = parameters.map(\.value)
        values.withMutablePointers { targets in
            Parallel.forEachPiece(of: sources.map(\.count)) { item, piece in
                sources[item].withElements { source in
                    guard let source = source.baseAddress else { return }
                    tal_moving_average(
                        targets[item].pointer + piece.lowerBound, source + piece.lowerBound, Float(present), piece.count
                    )
                }
            }
        }
        updates += 1
    }

    /// Calls `body` while the parameters hold the averaged values.
    public func whileApplied<Result>(to parameters: [Parameter], _ body: () throws -> Result) rethrows -> Result {
        let trained = parameters.map(\.value)
        for (parameter, value) in zip(parameters, values) { parameter.value = value }
        defer { for (parameter, value) in zip(parameters, trained) { parameter.value = value } }
        return try body()
    }
}
