public import Tensors
import Threads

/// EfficientNet-Lite0, run the fastest way this machine has.
public struct FrozenEfficientNet: Sendable {
    private let network: EfficientNetLite0
    private let packed: PackedEfficientNet?

    /// - Parameters:
    ///   - rows: height of the pictures.
    ///   - columns: width of the pictures.
    public init(_ network: EfficientNetLite0, rows: Int, columns: Int) {
        self.network = network
        packed =
            ComputePrecision.float32.hasPackedKernels
            ? PackedEfficientNet(network, rows: rows, columns: columns) : nil
    }

    /// Whether the kernels for AVX-512 do the work.
    public var isPacked: Bool { packed != nil }

    /// The features of pictures, spread over the threads in groups.
    ///
    /// - Parameter picture: gives the pixels of a picture, `[rows, columns, 3]`, normalised.
    /// - Returns: `[count, 1280]`
    public func callAsFunction(_ count: Int, picture: @Sendable (Int) -> Tensor) -> Tensor {
        // Groups of equal size, as many as keep all threads busy.
        let most = packed == nil ? 1 : PackedEfficientNet.group
        let groups = max((count + most - 1) / most, min(count, Parallel.threads))
        let parts = Parallel.map(groups) { index in
            let range = count * index / groups..<count * (index + 1) / groups
            guard let packed else {
                return network.run(picture(range.lowerBound)).reshaped([1, EfficientNetLite0.channels])
            }
            return packed(range.map(picture))
        }
        return parts.count == 1 ? parts[0] : .concatenated(parts, axis: 0)
    }

    /// The feature of one picture, with every stage told on the way.
    func observed(_ pixels: Tensor, observe: @escaping EfficientNetLite0.Observer) -> Tensor {
        guard let packed else { return network.run(pixels, observe: observe) }
        return packed([pixels], observe: observe).reshaped([EfficientNetLite0.channels])
    }
}
