public import Networks
import Tensors

/// A residual block that mixes every position with its neighbours in time and with those of the most similar features
/// (Xu et al., "G-TAD", 2020, section 3.2, eq. 2 to 4).
public struct GraphConvolution: Module {
    public let temporal: PathConvolutions
    public let semantic: PathConvolutions
    private let neighbors: Int

    init(_ settings: GTADSettings, using generator: inout RandomGenerator) {
        temporal = PathConvolutions(settings, inputs: settings.channels, kernel: 3, using: &generator)
        semantic = PathConvolutions(settings, inputs: 2 * settings.channels, kernel: 1, using: &generator)
        neighbors = settings.neighbors
    }

    /// The result, `[batch, time, channels]`, and the neighbours that were found.
    func callAsFunction(_ x: Tensor) -> (features: Tensor, neighbors: FeatureNeighbors) {
        let found = FeatureNeighbors(of: x.detached, count: neighbors)
        let (batch, time, channels) = (x.shape[0], x.shape[1], x.shape[2])
        let own = x.reshaped([batch * time, channels])
        let repeated = own.gathered((0..<(batch * time * neighbors)).map { $0 / neighbors })
        let pairs = Tensor.concatenated([own.gathered(found.rows), repeated], axis: 1)
            .reshaped([batch, time * neighbors, 2 * channels])
        let messages = semantic(pairs).reshaped([batch * time, neighbors, channels]).max(axis: 1)
        return ((temporal(x) + x + messages.reshaped(x.shape)).relu(), found)
    }
}

/// Three convolutions through narrow paths that do not mix with each other.
public struct PathConvolutions: Module {
    public let reduce: Convolution
    public let paths: Convolution
    public let expand: Convolution

    init(_ settings: GTADSettings, inputs: Int, kernel: Int, using generator: inout RandomGenerator) {
        let width = settings.paths * settings.pathChannels
        reduce = Convolution(inputs, width, kernel: 1, using: &generator)
        paths = Convolution(width, width, kernel: kernel, groups: settings.paths, using: &generator)
        expand = Convolution(width, settings.channels, kernel: 1, using: &generator)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { expand(paths(reduce(x).relu()).relu()) }
}

/// The positions of the most similar features of the same sequence, the position itself among them.
struct FeatureNeighbors: Sendable {
    /// Neighbours of each position.
    let count: Int
    /// Rows of the features with items one after the other, `count` for each position.
    let rows: [Int]

    init(count: Int, rows: [Int]) {
        self.count = count
        self.rows = rows
    }

    /// The nearest by Euclidean distance; of equally near ones the earlier.
    init(of features: Tensor, count: Int) {
        let (batch, time) = (features.shape[0], features.shape[1])
        let products = features.matmul(features, transposed: true)
        var rows: [Int] = []
        rows.reserveCapacity(batch * time * count)
        products.withElements { products in
            for item in 0..<batch {
                let first = item * time * time
                for position in 0..<time {
                    var nearest: [(distance: Float, place: Int)] = []
                    for other in 0..<time {
                        // The position's own square is the same for all others and is left out.
                        let distance =
                            products[first + other * time + other] - 2 * products[first + position * time + other]
                        if nearest.count == count, !(distance < nearest[count - 1].distance) { continue }
                        let place = nearest.firstIndex { distance < $0.distance } ?? nearest.count
                        nearest.insert((distance, other), at: place)
                        if nearest.count > count { nearest.removeLast() }
                    }
                    rows += nearest.map { item * time + $0.place }
                }
            }
        }
        self.init(count: count, rows: rows)
    }

    /// The neighbours of both, those found twice counted twice.
    func joined(with other: FeatureNeighbors) -> FeatureNeighbors {
        let places = 0..<(rows.count / max(count, 1))
        return FeatureNeighbors(
            count: count + other.count,
            rows: places.flatMap { place in
                rows[(place * count)..<((place + 1) * count)]
                    + other.rows[(place * other.count)..<((place + 1) * other.count)]
            })
    }

    /// The mean of each position's neighbours, `[batch, time, channels]` for the same.
    func mean(of x: Tensor) -> Tensor {
        let gathered = x.reshaped([-1, x.shape[2]]).gathered(rows)
        return gathered.reshaped([-1, count, x.shape[2]]).mean(axes: [1]).reshaped(x.shape)
    }
}
