/// How much the classes count in the classification loss.
public enum ClassWeighting: String, Codable, Sendable, CaseIterable {
    /// All the same.
    case none
    /// By one over the number of their segments.
    case inverse
    /// By one over the square root of that number.
    case inverseSquareRoot = "inverse_square_root"

    /// The weight of each class; over all segments their mean is 1. A class without segments has the weight 1.
    ///
    /// - Parameter counts: annotated segments of each class.
    func weights(counts: [Int]) -> [Float] {
        let raw = counts.map { count -> Double in
            guard count > 0 else { return 0 }
            switch self {
            case .none: return 1
            case .inverse: return 1 / Double(count)
            case .inverseSquareRoot: return 1 / Double(count).squareRoot()
            }
        }
        let total = zip(raw, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
        let segments = Double(counts.reduce(0, +))
        return raw.map { $0 > 0 ? Float($0 * segments / total) : 1 }
    }
}
