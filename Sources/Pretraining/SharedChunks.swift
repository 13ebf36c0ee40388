import Foundation
import Networks
import Tensors
import Threads

/// How several ranks compute one batch: each encodes some chunks, all get all embeddings, and gradients are added up.
struct SharedChunks: Sendable {
    let exchange: GradientExchange
    /// Threads of each rank.
    private let threads: [Int]

    var ranks: any Communicator { exchange.communicator }

    /// - Parameters:
    ///   - parameters: all that are trained.
    ///   - compression: how gradients travel.
    /// - Throws: an error of the communicator.
    init(of parameters: [Parameter], over ranks: any Communicator, compression: GradientCompression) throws {
        exchange = GradientExchange(of: parameters, over: ranks, compression: compression)
        threads = try ranks.gather(Array("\(Parallel.threads)".utf8)).map {
            Int(String(decoding: $0, as: UTF8.self)) ?? 1
        }
    }

    /// Who encodes each chunk of one kind: ranks with more threads get more.
    func owners(of count: Int) -> [Int] {
        let slots = threads.enumerated().flatMap { Array(repeating: $0, count: $1) }
        return (0..<count).map { slots[$0 * slots.count / count] }
    }

    /// The outputs of all chunks, given those of this rank's.
    ///
    /// - Parameters:
    ///   - own: of each chunk; empty for those of other ranks.
    ///   - owners: of each chunk.
    /// - Throws: an error of the communicator.
    func join(_ own: [[Tensor]], owners: [Int]) throws -> [[Tensor]] {
        let shapes = try JSONEncoder().encode(own.map { $0.map(\.shape) })
        var message = withUnsafeBytes(of: UInt64(shapes.count), Array.init) + Array(shapes)
        for tensor in own.joined() { tensor.withElements { message += UnsafeRawBufferPointer($0) } }
        let all = try ranks.gather(message).map(Self.tensors)
        return owners.indices.map { owners[$0] == ranks.rank ? own[$0] : all[owners[$0]][$0] }
    }

    private static func tensors(_ message: [UInt8]) throws -> [[Tensor]] {
        let size = message.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        var first = 8 + size
        return try JSONDecoder().decode([[[Int]]].self, from: Data(message[8..<first])).map { shapes in
            shapes.map { shape in
                Tensor(shape) { target in
                    let bytes = UnsafeMutableRawBufferPointer(target)
                    bytes.copyBytes(from: message[first..<first + bytes.count])
                    first += bytes.count
                }
            }
        }
    }
}
