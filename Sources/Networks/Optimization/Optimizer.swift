public import Tensors

/// Updates parameters from their gradients, and keeps its state in a form that can be saved.
public protocol Optimizer {
    /// The parameters that ``step(gradients:rate:gradientScale:)`` changes, in the order of their gradients.
    var parameters: [(name: String, parameter: Parameter)] { get }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - gradients: one for each parameter, of its shape; `nil` leaves the parameter alone.
    ///   - rate: learning rate.
    ///   - gradientScale: factor on every gradient, for clipping.
    mutating func step(gradients: [Tensor?], rate: Double, gradientScale: Double)

    /// The state of the optimiser between steps.
    var state: OptimizerState { get }

    /// Continues from a saved state.
    ///
    /// - Throws: ``NetworkError`` when the state belongs to other parameters.
    mutating func restore(_ state: OptimizerState, file: String) throws
}

/// The state of an optimiser between steps.
public struct OptimizerState: Sendable {
    /// Steps taken.
    public var steps: Int
    /// Moments by name, such as `first_moment/stem.0.weight`.
    public var moments: [(name: String, tensor: Tensor)]

    public init(steps: Int, moments: [(name: String, tensor: Tensor)]) {
        self.steps = steps
        self.moments = moments
    }
}

extension OptimizerState {
    /// The moments called `prefix/NAME` for each parameter, checked against its shape.
    func moments(
        _ prefix: String, of parameters: [(name: String, parameter: Parameter)], file: String
    ) throws -> [Tensor] {
        let known = Dictionary(moments.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        return try parameters.map { name, parameter in
            guard let moment = known["\(prefix)/\(name)"] else {
                throw NetworkError.missingParameters(file: file, names: ["\(prefix)/\(name)"])
            }
            guard moment.shape == parameter.shape else {
                throw NetworkError.shapeMismatch(
                    file: file, name: "\(prefix)/\(name)", found: moment.shape, expected: parameter.shape)
            }
            return moment
        }
    }
}
