internal import CKernels
public import Tensors
import Threads

/// The gradients of a batch, summed sample by sample in a fixed order, so that the sum does not depend on the number of threads.
public struct GradientSum: Sendable {
    /// One for each parameter; `nil` where no sample reached it.
    public private(set) var gradients: [Tensor?]
    private let parameters: [Parameter]

    public init(of parameters: [Parameter]) {
        self.parameters = parameters
        gradients = Array(repeating: nil, count: parameters.count)
    }

    /// A sum that is known.
    ///
    /// - Parameters:
    ///   - parameters: of which it is.
    ///   - gradients: one for each.
    public init(of parameters: [Parameter], gradients: [Tensor?]) {
        precondition(
            gradients.count == parameters.count, "\(gradients.count) gradients of \(parameters.count) parameters")
        self.parameters = parameters
        self.gradients = gradients
    }

    /// Several sums as one of all their parameters.
    public static func joined(_ sums: [GradientSum]) -> GradientSum {
        GradientSum(of: sums.flatMap(\.parameters), gradients: sums.flatMap(\.gradients))
    }

    /// The gradients of ``joined(_:)`` as sums again.
    ///
    /// - Parameters:
    ///   - gradients: one for each parameter of the joined sum.
    ///   - sums: what was joined.
    public static func divided(_ gradients: [Tensor?], like sums: [GradientSum]) -> [GradientSum] {
        var first = 0
        return sums.map { sum in
            defer { first += sum.parameters.count }
            return GradientSum(
                of: sum.parameters, gradients: Array(gradients[first..<first + sum.parameters.count]))
        }
    }

    /// A sum of nothing of the same parameters.
    public func emptied() -> GradientSum { GradientSum(of: parameters) }

    /// Adds the gradients of one backward pass.
    public mutating func add(_ sample: Gradients) { add(parameters.map { sample[$0] }) }

    /// Adds the gradients of other samples.
    public mutating func add(_ other: GradientSum) {
        precondition(other.gradients.count == gradients.count, "sums of different parameters")
        add(other.gradients)
    }

    private mutating func add(_ others: [Tensor?]) {
        var places: [Int] = []
        var sums: [Tensor] = [], addends: [Tensor] = []
        for (index, other) in others.enumerated() {
            guard let other else { continue }
            guard let sum = gradients[index] else {
                gradients[index] = other
                continue
            }
            places.append(index)
            sums.append(sum)
            addends.append(other)
            // The sum is released here, so that it is changed in place and not copied.
            gradients[index] = nil
        }
        let sources = addends
        sums.withMutablePointers { targets in
            Parallel.forEachPiece(of: sources.map(\.count)) { item, piece in
                sources[item].withElements { source in
                    guard let source = source.baseAddress else { return }
                    tal_add_in_place(targets[item].pointer + piece.lowerBound, source + piece.lowerBound, piece.count)
                }
            }
        }
        for (place, sum) in zip(places, sums) { gradients[place] = sum }
    }

    /// The Euclidean length of all gradients together.
    public var norm: Double {
        let present = gradients.compactMap { $0 }
        // Summed array by array in a fixed order, for any number of threads.
        return Parallel.map(present.count) { index in
            present[index].withElements { tal_sum_of_squares($0.baseAddress, $0.count) }
        }.reduce(0, +).squareRoot()
    }

    /// The factor that shortens gradients of length `norm` to `limit`; 1 where they are no longer, or `limit` is not
    /// positive.
    public static func clippingScale(norm: Double, limit: Double) -> Double {
        limit > 0 ? min(1, limit / (norm + 1e-6)) : 1
    }
}
