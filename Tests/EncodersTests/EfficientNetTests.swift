import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite("EfficientNet-Lite0")
struct EfficientNetTests {
    private static let packs = ComputePrecision.float32.hasPackedKernels

    private static func network(_ tensors: [String: Tensor] = EfficientNetWeights.tensors) throws
        -> ConvolutionalNetwork
    {
        try EfficientNetLite0.read(
            PublishedFile(path: "made.pth", shapes: tensors.mapValues(\.shape)) { name in
                guard let tensor = tensors[name] else {
                    throw TensorFileError.missingTensor(file: "made.pth", name: name)
                }
                return tensor
            })
    }

    private static func picture(_ rows: Int, _ columns: Int, seed: Int = 5) -> Tensor {
        let values = EfficientNetWeights.numbers(seed: seed, count: rows * columns * 3).map { 2 * $0 - 1 }
        return Tensor(values, shape: [rows, columns, 3])
    }

    /// Compares every stage with `outputs.safetensors` of `eval/references/efficientnet_lite0.py`.
    private func compare(_ run: (Tensor, @escaping ConvolutionalNetwork.Observer) -> Tensor) throws {
        let outputs = try SafetensorsFile(
            path: Fixture.url("encoders/efficientnet_lite0/outputs.safetensors").path)
        let values = EfficientNetWeights.numbers(seed: 999, count: 3 * 40 * 36).map { 2 * $0 - 1 }
        var compared = 0
        func check(_ name: String, _ found: Tensor) {
            guard let wanted = try? outputs.tensor(named: name), wanted.shape == found.shape else {
                Issue.record("\(name) has shape \(found.shape)")
                return
            }
            let stage = EncoderVerification.Stage(name: name, found, wanted, tolerance: 2e-5, relative: 1e-4)
            #expect(stage.passes, "\(name): \(stage.largestDifference)")
            compared += 1
        }
        let pooled = run(Tensor(values, shape: [3, 40, 36]).transposed([1, 2, 0])) { name, values in
            guard values.rank == 3 else { return check(name, values) }
            check(name + "/channel_mean", values.mean(axes: [0, 1]))
            let corner = values.slice(axis: 0, 0..<min(4, values.shape[0])).slice(axis: 1, 0..<min(4, values.shape[1]))
            check(name + "/corner", corner.slice(axis: 2, 0..<8).transposed([2, 0, 1]))
        }
        if let scores = try Self.network().scores(pooled) { check("logits", scores) }
        #expect(compared == outputs.names.count)
    }

    @Test("every stage of the definition is that of the reference")
    func definition() throws {
        let network = try Self.network()
        try compare { network.run($0, observe: $1) }
    }

    @Test("every stage of the packed network is that of the reference", .enabled(if: packs), arguments: [1, 20_000])
    func packed(_ bandBytes: Int) throws {
        let packed = PackedConvolutions(try Self.network(), rows: 40, columns: 36, bandBytes: bandBytes)
        try compare { packed([$0], observe: $1).reshaped([1280]) }
    }

    @Test("neither bands nor groups change a feature", .enabled(if: packs))
    func bandsAndGroups() throws {
        let network = try Self.network()
        let pictures = (0..<4).map { Self.picture(96, 132, seed: $0 + 20) }
        let whole = PackedConvolutions(network, rows: 96, columns: 132, bandBytes: 1 << 30)
        let expected = pictures.map { whole([$0]).elements }
        for bandBytes in [1, 100_000, 384 << 10] {
            let packed = PackedConvolutions(network, rows: 96, columns: 132, bandBytes: bandBytes)
            for count in [1, 3, 4] {
                #expect(packed(Array(pictures[..<count])).elements == expected[..<count].flatMap { $0 })
            }
        }
        let plain = network.run(pictures[0]).elements
        #expect(zip(plain, expected[0]).allSatisfy { abs($0 - $1) < 5e-5 + 1e-4 * abs($1) })
        let frozen = FrozenConvolutions(network, rows: 96, columns: 132)(4) { pictures[$0] }
        #expect(frozen.elements == expected.flatMap { $0 })
    }

    @Test("filters of channels are sums over the picture, zeros outside", arguments: [3, 5], [1, 2])
    func filters(_ kernel: Int, _ step: Int) {
        // 70 channels are filtered as 48, 16 and 6; the kernel for AVX-512 takes multiples of 16.
        for (rows, columns, channels) in [(7, 7, 32), (1, 1, 32), (2, 13, 32), (9, 6, 32), (14, 28, 32), (5, 9, 70)] {
            let filter = tal_filter(kernel: kernel, stride: step, rows: rows, columns: columns)
            func values(_ seed: Int, _ count: Int) -> [Float] {
                EfficientNetWeights.numbers(seed: seed, count: count).map { 4 * $0 - 2 }
            }
            let x = values(1, rows * columns * channels), taps = values(2, kernel * kernel * channels)
            let bias = values(3, channels)
            var expected: [Float] = []
            for row in 0..<filter.outRows {
                for column in 0..<filter.out_columns {
                    for channel in 0..<channels {
                        var sum = Double(bias[channel])
                        for i in 0..<kernel {
                            for j in 0..<kernel {
                                let (r, c) = (row * step + i - filter.above, column * step + j - filter.before)
                                guard (0..<rows).contains(r), (0..<columns).contains(c) else { continue }
                                sum +=
                                    Double(x[(r * columns + c) * channels + channel])
                                    * Double(taps[(i * kernel + j) * channels + channel])
                            }
                        }
                        expected.append(Float(min(max(sum, 0), 6)))
                    }
                }
            }
            func check(_ found: [Float], _ kind: String) {
                let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
                #expect(found.count == expected.count && worst < 1e-5, "\(kind) \(rows)x\(columns): \(worst)")
            }
            var plain = [Float](repeating: 0, count: expected.count)
            tal_depthwise_rows(&plain, x, taps, bias, channels, filter, 0, filter.outRows)
            check(plain, "plain")
            guard Self.packs, channels == 32 else { continue }
            func blocks(_ values: [Float]) -> Tensor {
                Tensor(values, shape: [values.count / channels, 2, 16]).transposed([1, 0, 2])
            }
            // In two bands, the second of which holds only the rows it needs.
            let middle = filter.outRows / 2
            var fast: [Float] = []
            for band in [0..<middle, middle..<filter.outRows] where !band.isEmpty {
                let held = filter.needed(for: band)
                let part = Array(x[held.lowerBound * columns * channels..<held.upperBound * columns * channels])
                var out = [Float](repeating: 0, count: band.count * filter.out_columns * channels)
                blocks(part).withElements { part in
                    // Weights lie on cache lines.
                    blocks(taps).withElements { taps in
                        tal_depthwise_blocks(
                            &out, channels, part.baseAddress, held.count * columns * 16, held.lowerBound,
                            taps.baseAddress, bias, channels, filter, band.lowerBound, band.upperBound)
                    }
                }
                fast += out
            }
            check(fast, "AVX-512")
        }
    }

    @Test("pointwise convolutions are matrix products, and a row does not depend on the rows beside it")
    func pointwise() {
        for (rows, inputs, outputs) in [(1, 1, 1), (7, 27, 32), (13, 40, 24), (50, 3, 70), (3000, 96, 17)] {
            func values(_ seed: Int, _ count: Int) -> [Float] {
                EfficientNetWeights.numbers(seed: seed, count: count).map { 4 * $0 - 2 }
            }
            let x = Tensor(values(1, rows * inputs), shape: [rows, inputs])
            let weights = Tensor(values(2, outputs * inputs), shape: [outputs, inputs])
            let bias = Tensor(values(3, outputs))
            let other = Tensor(values(4, rows * outputs), shape: [rows, outputs])
            let layer = PointwiseLayer(LinearWeights(weight: weights, bias: bias))
            let (a, w, b, o) = (x.elements, weights.elements, bias.elements, other.elements)
            let sums = (0..<rows * outputs).map { index in
                let (row, output) = (index / outputs, index % outputs)
                return (0..<inputs).reduce(Double(b[output])) {
                    $0 + Double(a[row * inputs + $1]) * Double(w[output * inputs + $1])
                }
            }
            func check(_ found: Tensor, _ expected: [Double]) {
                let worst = zip(found.elements, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
                #expect(found.shape == [rows, outputs] && worst < 1e-4, "\(rows) x \(inputs) to \(outputs): \(worst)")
            }
            check(layer(x), sums)
            check(layer(x, clips: true), sums.map { min(max($0, 0), 6) })
            let added = zip(sums, o).map { $0 + Double($1) }
            check(layer(x, adding: other), added)
            check(layer(x, adding: other, clips: true), added.map { min(max($0, 0), 6) })
            let whole = layer(x)
            for row in [0, rows / 2, rows - 1] {
                let alone = layer(x.slice(axis: 0, row..<row + 1))
                #expect(alone.elements == whole.slice(axis: 0, row..<row + 1).elements)
            }
            let plain = PointwiseLayer(LinearWeights(weight: weights, bias: nil))
            check(plain(x), zip(sums.indices, sums).map { $1 - Double(b[$0 % outputs]) })
        }
    }

    @Test("a file that does not fit is refused with everything that is wrong")
    func misfits() throws {
        func refused(_ text: String, _ change: (inout [String: Tensor]) -> Void) {
            var tensors = EfficientNetWeights.tensors
            change(&tensors)
            #expect { try Self.network(tensors) } throws: { "\($0)".contains(text) }
        }
        refused("missing: _blocks.3._bn1.running_var [144]") { $0["_blocks.3._bn1.running_var"] = nil }
        refused("has shape [1280], expected [1280, 320, 1, 1]") { $0["_conv_head.weight"] = .zeros([1280]) }
        refused("left over: _blocks.0._se_reduce.weight") { $0["_blocks.0._se_reduce.weight"] = .zeros([8, 32, 1, 1]) }
        refused("variances below zero") { $0["_bn1.running_var"] = Tensor(repeating: -1, shape: [1280]) }
        refused("holds a model with") { $0["_conv_stem.weight"] = nil }
        var tensors = EfficientNetWeights.tensors
        (tensors["_fc.weight"], tensors["_fc.bias"], tensors["other"]) = (nil, nil, .zeros([2]))
        let headless = try Self.network(tensors)
        #expect(headless.classifier == nil && headless.leftOver == ["other"])
    }

    /// `TAL_EFFICIENTNET_LITE0`: the published weight file.
    private static let weights = ProcessInfo.processInfo.environment["TAL_EFFICIENTNET_LITE0"]

    @Test(
        "with the published weights every stage and the best five classes of real pictures are those of the reference",
        .enabled(if: weights != nil && SharedData.isPresent))
    func published() throws {
        let verification = try EncoderVerification(
            folder: SharedData.url("fixtures/encoders/efficientnet_lite0").path, weights: Self.weights)
        #expect(verification.stages.count == 41 && verification.leftOver.isEmpty)
        for stage in verification.stages { #expect(stage.passes, "\(stage.name): \(stage.largestDifference)") }
    }
}
