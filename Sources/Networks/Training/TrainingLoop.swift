public import Tensors

/// The part of training that is the same for every model: from the gradients of a batch to the next weights.
///
/// Each step checks that loss and gradients are finite, clips the gradients, looks up the learning rate, lets the optimisers
/// take a step, and updates the running average of the weights.
public struct TrainingLoop {
    /// Parameters that share an optimiser and a learning rate.
    public struct Group {
        public fileprivate(set) var optimizer: any Optimizer
        let schedule: LearningRateSchedule
    }

    /// What a step reports.
    public struct Step: Sendable {
        /// Norm of the gradients of all groups before they are clipped.
        public let gradientNorm: Double
        /// Rate of the first group.
        public let learningRate: Double
    }

    /// Steps taken.
    public private(set) var steps = 0
    public private(set) var groups: [Group]
    /// The running average of the parameters of all groups in their order, where one is kept.
    public private(set) var average: MovingAverage?
    private let gradientClipNorm: Double

    /// A loop over several groups of parameters.
    ///
    /// - Parameters:
    ///   - groups: what is trained, each with an optimiser that has taken no step.
    ///   - gradientClipNorm: norm to which the gradients of all groups together are scaled down; 0 or less leaves them.
    ///   - averageDecay: the fraction of the running average that stays at each step; 0 keeps no average.
    ///   - averageWarmup: see ``MovingAverage/warmsUp``.
    public init(
        _ groups: [(optimizer: any Optimizer, schedule: LearningRateSchedule)], gradientClipNorm: Double = 0,
        averageDecay: Double = 0, averageWarmup: Bool = false
    ) {
        self.groups = groups.map { Group(optimizer: $0.optimizer, schedule: $0.schedule) }
        self.gradientClipNorm = gradientClipNorm
        if averageDecay > 0 {
            average = MovingAverage(
                of: groups.flatMap { $0.optimizer.parameters.map(\.parameter) }, decay: averageDecay,
                warmsUp: averageWarmup)
        }
    }

    /// A loop over one group.
    public init(
        _ parameters: [(name: String, parameter: Parameter)], settings: OptimizerSettings,
        schedule: LearningRateSchedule, averageDecay: Double = 0, averageWarmup: Bool = false
    ) {
        self.init(
            [(settings.makeOptimizer(parameters), schedule)], gradientClipNorm: settings.gradientClipNorm,
            averageDecay: averageDecay, averageWarmup: averageWarmup)
    }

    /// The parameters of all groups, in their order.
    public var parameters: [(name: String, parameter: Parameter)] { groups.flatMap(\.optimizer.parameters) }

    /// An empty sum of gradients for each group.
    public func emptySums() -> [GradientSum] {
        groups.map { GradientSum(of: $0.optimizer.parameters.map(\.parameter)) }
    }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - gradients: one sum for each group.
    ///   - loss: of the batch; only checked.
    ///   - samples: by which the sums are divided.
    /// - Throws: ``NetworkError/diverged(step:quantity:)``; nothing has changed then.
    @discardableResult
    public mutating func step(
        _ gradients: [GradientSum], loss: Double, samples: Int = 1
    ) throws(NetworkError) -> Step {
        precondition(gradients.count == groups.count, "\(gradients.count) sums for \(groups.count) groups")
        let norms = gradients.map(\.norm)
        // A single norm is used as it is, so that it is not rounded again.
        let whole = norms.count == 1 ? norms[0] : norms.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let norm = whole / Double(samples)
        guard loss.isFinite else { throw .diverged(step: steps + 1, quantity: "the loss") }
        guard norm.isFinite else { throw .diverged(step: steps + 1, quantity: "the gradient") }
        let scale = GradientSum.clippingScale(norm: norm, limit: gradientClipNorm) / Double(samples)
        var rate: Double?
        for index in groups.indices {
            let next = groups[index].schedule.rate(at: steps)
            groups[index].optimizer.step(gradients: gradients[index].gradients, rate: next, gradientScale: scale)
            rate = rate ?? next
        }
        let all = parameters.map(\.parameter)
        average?.update(from: all)
        steps += 1
        return Step(gradientNorm: norm, learningRate: rate ?? 0)
    }

    /// Takes one step with the gradients of the only group.
    ///
    /// - Throws: ``NetworkError/diverged(step:quantity:)``
    @discardableResult
    public mutating func step(_ gradients: GradientSum, loss: Double) throws(NetworkError) -> Step {
        try step([gradients], loss: loss)
    }

    /// Calls `body` while the parameters hold the final weights: the averaged ones if there are any.
    public func withAveragedWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
        try average?.whileApplied(to: parameters.map(\.parameter), body) ?? body()
    }

    /// Continues from the state in a checkpoint.
    ///
    /// - Throws: ``NetworkError`` when the moments belong to other parameters.
    mutating func restore(
        steps: Int, moments: [(name: String, tensor: Tensor)], average values: [Tensor]?, averageUpdates: Int,
        file: String
    ) throws {
        let state = OptimizerState(steps: steps, moments: moments)
        for index in groups.indices { try groups[index].optimizer.restore(state, file: file) }
        if let average, let values {
            self.average = MovingAverage(
                values: values, decay: average.decay, warmsUp: average.warmsUp, updates: averageUpdates)
        }
        self.steps = steps
    }
}
