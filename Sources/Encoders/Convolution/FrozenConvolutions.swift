public import Tensors
import Threads

/// A network for single pictures, run the fastest way this machine has.
public struct FrozenConvolutions: Sendable {
    private let network: ConvolutionalNetwork
    private let packed: PackedConvolutions?

    /// - Parameters:
    ///   - network: what is computed.
    ///   - rows: height of the pictures.
    ///   - columns: width of the pictures.
    public init(_ network: ConvolutionalNetwork, rows: Int, columns: Int) {
        self.network = network
        packed =
            ComputePrecision.float32.hasPackedKernels
            ? PackedConvolutions(network, rows: rows, columns: columns) : nil
    }

    /// Whether the kernels for AVX-512 do the work.
    public var isPacked: Bool { packed != nil }

    /// The features of pictures, spread over the threads in groups.
    ///
    /// - Parameters:
    ///   - count: how many pictures.
    ///   - picture: gives the pixels of a picture, `[rows, columns, 3]`, normalised.
    /// - Returns: `[count, channels]`
    public func callAsFunction(_ count: Int, picture: @Sendable (Int) -> Tensor) -> Tensor {
        // Groups of equal size, as many as keep all threads busy.
        let most = packed == nil ? 1 : PackedConvolutions.group
        let groups = max((count + most - 1) / most, min(count, Parallel.threads))
        let parts = Parallel.map(groups) { index in
            let range = count * index / groups..<count * (index + 1) / groups
            guard let packed else {
                return network.run(picture(range.lowerBound)).reshaped([1, network.channels])
            }
            return packed(range.map(picture))
        }
        return parts.count == 1 ? parts[0] : .concatenated(parts, axis: 0)
    }

    /// The feature of one picture, with every stage told on the way.
    func observed(_ pixels: Tensor, observe: @escaping ConvolutionalNetwork.Observer) -> Tensor {
        guard let packed else { return network.run(pixels, observe: observe) }
        return packed([pixels], observe: observe).reshaped([network.channels])
    }
}
