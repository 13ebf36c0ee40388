import Files
import Tensors

/// Arrays with names, wherever they are kept; see ``ArrayFeatures``.
protocol ArrayStorage: Sendable {
    /// The file or folder.
    var path: String { get }
    /// What it is, for people, such as `folder of npy files`.
    var kind: String { get }
    /// The names of the arrays, sorted.
    var names: [String] { get }
    /// Where the grids may be written, best first.
    var gridFiles: [String] { get }

    /// What the user should hear of it.
    var notices: [Notice] { get }

    /// The shape of an array without its values.
    ///
    /// - Throws: an error whose description says what is wrong.
    func shape(of name: String) throws -> [Int]

    /// An array.
    ///
    /// - Throws: an error whose description says what is wrong.
    func array(of name: String) throws -> Tensor

    /// Whether ``elements(_:of:)`` reads no more of an array than it gives.
    var readsParts: Bool { get }

    /// Some elements of an array, counted in row-major order.
    ///
    /// - Parameter range: within the number of elements.
    /// - Returns: `[range.count]`
    /// - Throws: an error whose description says what is wrong.
    func elements(_ range: Range<Int>, of name: String) throws -> Tensor
}

extension ArrayStorage {
    var notices: [Notice] { [] }
    var readsParts: Bool { false }

    func elements(_ range: Range<Int>, of name: String) throws -> Tensor { try array(of: name).elements(range) }
}

extension Tensor {
    /// Some of all elements, `[range.count]`.
    func elements(_ range: Range<Int>) -> Tensor { reshaped([count]).slice(axis: 0, range) }
}
