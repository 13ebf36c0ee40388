import Files
import Foundation
public import Tensors

/// A model in ONNX's format as an encoder of clips, as its settings declare it.
public struct ONNXEncoder: Sendable {
    public let settings: ONNXSettings
    /// Values that the model gives for a clip, or for a frame where it takes single frames.
    public let channels: Int
    /// SHA-256 of the file and of the files with its weights.
    public let digest: String
    private let model: ONNXModel
    private let input: AxisOrder
    private let output: AxisOrder

    /// Reads a model, and runs it once on zeros to see what it gives.
    ///
    /// - Parameters:
    ///   - path: the `.onnx` file.
    ///   - settings: must be valid.
    ///   - runtime: what runs the model; the one found on this machine where nil.
    /// - Throws: ``EncoderError`` where there is no ONNX Runtime, it cannot read the model, or the model is not as declared;
    ///   `FileError`.
    public init(path: String, settings: ONNXSettings, runtime: ONNXRuntime? = nil) throws {
        digest = try ONNXFiles.digest(path)
        guard let input = settings.inputOrder, let output = settings.outputOrder else {
            throw EncoderError.model(file: path, problem: "its settings have no layout")
        }
        (self.settings, self.input, self.output) = (settings, input, output)
        model = try ONNXModel(path: path, runtime: runtime ?? ONNXRuntime())
        let preprocessing = settings.protocol.preprocessing
        let clip = [
            settings.takesClips ? settings.protocol.frames : 1, preprocessing.outputHeight, preprocessing.outputWidth,
            3,
        ]
        try Self.check(model, settings, shape: input.shape(clip))
        let result = try model.run(.zeros(input.shape(clip)), as: settings.input, output: settings.output)
        let problem: String?
        if result.rank != output.letters.count {
            problem = "\(result.rank) axes"
        } else if let clips = output.letters.firstIndex(of: "N"), result.shape[clips] != 1 {
            problem = "\(result.shape[clips]) clips for one"
        } else {
            problem = result.count == 0 ? "no values" : nil
        }
        if let problem {
            throw EncoderError.model(
                file: path,
                problem: "output '\(settings.output)' has shape \(result.shape), \(problem); expected one clip as "
                    + "output_layout \(settings.outputLayout) says")
        }
        channels = output.letters.firstIndex(of: "C").map { result.shape[$0] } ?? 0
    }

    /// What runs the model.
    public var engine: String { "ONNX Runtime \(model.runtime.version)" }

    /// What the model gives for a clip, pooled.
    ///
    /// - Parameter pixels: `[frames, rows, columns, 3]`, normalised; one frame for a model of single frames.
    /// - Returns: `[channels]`
    /// - Throws: ``EncoderError/model(file:problem:)``
    public func callAsFunction(_ pixels: Tensor) throws -> Tensor {
        let result = try model.run(input.arrange(pixels), as: settings.input, output: settings.output)
        guard let axis = output.letters.firstIndex(of: "C"), result.rank == output.letters.count,
            result.shape[axis] == channels, result.count > 0
        else {
            throw EncoderError.model(
                file: model.path,
                problem:
                    "output '\(settings.output)' has shape \(result.shape); expected \(channels) channels as before")
        }
        let others = result.shape.indices.filter { $0 != axis }
        // One row for each position that is pooled.
        let rows = result.transposed(others + [axis]).reshaped([result.count / channels, channels])
        return switch settings.pooling {
        case .none, .first: rows.slice(axis: 0, 0..<1).reshaped([channels])
        case .mean: rows.mean(axes: [0])
        case .max: rows.max(axis: 0).reshaped([channels])
        }
    }

    /// Compares what a model says of itself with what is declared.
    private static func check(_ model: ONNXModel, _ settings: ONNXSettings, shape: [Int]) throws {
        func refuse(_ problem: String) -> EncoderError { .model(file: model.path, problem: problem) }
        func names(_ ports: [ONNXModel.Port]) -> String { ports.map { "'\($0.name)'" }.joined(separator: ", ") }
        guard let input = model.inputs.first(where: { $0.name == settings.input }) else {
            throw refuse("has no input '\(settings.input)'; it has \(names(model.inputs))")
        }
        let others = model.inputs.filter { $0.name != settings.input }
        guard others.isEmpty else {
            throw refuse("needs the input \(names(others)) too; expected a model of pixels alone")
        }
        let expected = "expected float32 \(shape), which is \(settings.layout) of the declared frames"
        guard input.isFloat, input.shape.count == shape.count,
            zip(input.shape, shape).allSatisfy({ $0 == nil || $0 == $1 })
        else { throw refuse("input '\(input.name)' is \(input.description); \(expected)") }
        guard let output = model.outputs.first(where: { $0.name == settings.output }) else {
            throw refuse("has no output '\(settings.output)'; it has \(names(model.outputs))")
        }
        guard output.isFloat else { throw refuse("output '\(output.name)' is \(output.description); expected float32") }
    }
}
