import Files
import Foundation
import Tensors

/// Compares EfficientNet-Lite0 with what a reference implementation computed of some pictures: `pictures.npy.gz` (`[picture, rows,
/// columns, 3]`, bytes), `outputs.safetensors` with the mean of every channel and a corner of every stage, and the best classes of
/// each picture in `expected.json`.
enum PictureVerification {
    /// Whether a folder is laid out like that.
    static func isIn(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: (folder as NSString).appendingPathComponent(picturesName))
    }

    private static let picturesName = "pictures.npy.gz"

    /// Allowed differences, to which a ten-thousandth of the value is added: stages before the mean reach 50.
    private static func tolerance(_ stage: String) -> Double { ["pooled", "logits"].contains(stage) ? 5e-5 : 1e-3 }

    private struct Expected: Decodable {
        struct Class: Decodable {
            var `class`: Int
        }
        struct Picture: Decodable {
            var picture: String
            var top5: [Class]
        }
        var pictures: [Picture]
    }

    /// - Throws: `FileError`, `TensorFileError`.
    static func stages(of network: ConvolutionalNetwork, folder: String) throws -> [EncoderVerification.Stage] {
        func file(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }
        let path = file("expected.json")
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.missing(path: path) }
        guard let expected = try? JSONDecoder().decode(Expected.self, from: data) else {
            throw FileError.malformed(path: path, problem: "says nothing of pictures and their five best classes")
        }
        let pictures = try NpyFile.read(Data(PackedFile.bytes(file(picturesName))), path: file(picturesName))
        guard pictures.rank == 4, pictures.shape[0] == expected.pictures.count, pictures.shape[3] == 3 else {
            throw FileError.malformed(
                path: file(picturesName),
                problem: "has shape \(pictures.shape); expected [\(expected.pictures.count), rows, columns, 3]")
        }
        let engine = FrozenConvolutions(network, rows: pictures.shape[1], columns: pictures.shape[2])
        var found: [String: [Tensor]] = [:], classes: [EncoderVerification.Stage] = []
        for (index, picture) in expected.pictures.enumerated() {
            let pixels = pictures.slice(axis: 0, index..<index + 1).reshaped(Array(pictures.shape[1...]))
            let pooled = engine.observed((pixels - 127) * (1 / Float(128))) { stage, values in
                guard values.rank == 3 else { return found[stage, default: []].append(values) }
                found[stage + "/channel_mean", default: []].append(values.mean(axes: [0, 1]))
                found[stage + "/corner", default: []].append(corner(values))
            }
            guard let scores = network.scores(pooled) else { continue }
            found["logits", default: []].append(scores)
            let values = scores.elements
            let best = values.indices.sorted { values[$0] > values[$1] }.prefix(picture.top5.count)
            let wrong = Double(zip(best, picture.top5).count { $0 != $1.class })
            classes.append(
                .init(
                    name: "\(picture.picture)/top5", largestDifference: wrong, tolerance: 0,
                    passes: wrong == 0 && !picture.top5.isEmpty))
        }
        let outputs = try SafetensorsFile(path: file("outputs.safetensors"))
        return try outputs.names.sorted().map { name in
            let wanted = try outputs.tensor(named: name)
            guard let values = found[name].map(Tensor.stacked), values.shape == wanted.shape else {
                throw FileError.malformed(
                    path: outputs.path,
                    problem: "has '\(name)' of shape \(wanted.shape); this network gives "
                        + (found[name].map { "\(Tensor.stacked($0).shape)" } ?? "no such stage"))
            }
            let tolerance = tolerance(String(name.prefix { $0 != "/" }))
            return EncoderVerification.Stage(name: name, values, wanted, tolerance: tolerance, relative: 1e-4)
        } + classes
    }

    /// Eight channels of the first 4 x 4 pixels, channels first.
    private static func corner(_ values: Tensor) -> Tensor {
        values.slice(axis: 0, 0..<min(4, values.shape[0])).slice(axis: 1, 0..<min(4, values.shape[1]))
            .slice(axis: 2, 0..<min(8, values.shape[2])).transposed([2, 0, 1])
    }
}

extension EncoderVerification.Stage {
    /// The comparison of some values with those of the reference, of which there are as many.
    init(name: String, _ values: Tensor, _ expected: Tensor, tolerance: Double, relative: Double) {
        var largest = 0.0, passes = true
        for (value, wanted) in zip(values.elements, expected.elements) {
            let difference = abs(Double(value) - Double(wanted))
            // A number that is none is a difference without bounds.
            passes = passes && difference <= tolerance + relative * abs(Double(wanted))
            largest = difference.isNaN ? .infinity : max(largest, difference)
        }
        self.init(name: name, largestDifference: largest, tolerance: tolerance, passes: passes)
    }
}
