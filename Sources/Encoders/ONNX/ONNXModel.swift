internal import CONNXRuntime
import Foundation
import Tensors

/// A model in a file, run by ONNX Runtime on the thread that asks.
final class ONNXModel: @unchecked Sendable {
    /// What a model says of an input or output.
    struct Port: Sendable {
        var name: String
        /// Nil for what is no tensor.
        var type: String?
        /// Open lengths are nil.
        var shape: [Int?]

        var isFloat: Bool { type == "float32" }
        var description: String {
            "\(type ?? "no tensor") [\(shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", "))]"
        }
    }

    let path: String
    let runtime: ONNXRuntime
    let inputs: [Port]
    let outputs: [Port]
    private let pointer: OpaquePointer

    /// - Throws: ``EncoderError/model(file:problem:)`` with what ONNX Runtime says.
    init(path: String, runtime: ONNXRuntime) throws {
        (self.path, self.runtime) = (path, runtime)
        var read: OpaquePointer?
        let failure = tal_ort_read(runtime.pointer, path, &read)
        if let failure { throw Self.failed(path, failure) }
        guard let read else { throw EncoderError.model(file: path, problem: "ONNX Runtime made nothing of it") }
        pointer = read
        do {
            inputs = try (0..<tal_ort_input_count(read)).map { index in
                try Self.port(path, tal_ort_input_name(read, index)) { tal_ort_input_shape(read, index, &$0) }
            }
            outputs = try (0..<tal_ort_output_count(read)).map { index in
                try Self.port(path, tal_ort_output_name(read, index)) { tal_ort_output_shape(read, index, &$0) }
            }
        } catch {
            tal_ort_release(read)
            throw error
        }
    }

    deinit { tal_ort_release(pointer) }

    /// Computes an output.
    ///
    /// - Throws: ``EncoderError/model(file:problem:)``
    func run(_ values: Tensor, as input: String, output: String) throws -> Tensor {
        var made: OpaquePointer?
        let lengths = values.shape.map(Int64.init)
        let failure = values.withElements { elements in
            tal_ort_run(
                pointer, input, elements.baseAddress, elements.count, lengths, lengths.count, output, &made)
        }
        if let failure { throw Self.failed(path, failure) }
        guard let made else { throw EncoderError.model(file: path, problem: "output '\(output)' is empty") }
        defer { tal_ort_value_release(pointer, made) }
        let port = try Self.port(path, output) { tal_ort_value_shape(pointer, made, &$0) }
        let shape = port.shape.compactMap { $0 }
        guard port.isFloat, shape.count == port.shape.count else {
            throw EncoderError.model(file: path, problem: "output '\(output)' is \(port.description); expected float32")
        }
        var start: UnsafePointer<Float>?
        if let failure = tal_ort_value_floats(pointer, made, &start) { throw Self.failed(path, failure) }
        return Tensor(shape) { target in
            if let start { target.baseAddress?.update(from: start, count: target.count) }
        }
    }

    private static func port(
        _ path: String, _ name: UnsafePointer<CChar>, _ describe: (inout tal_ort_shape) -> UnsafeMutablePointer<CChar>?
    ) throws -> Port {
        var shape = tal_ort_shape()
        if let failure = describe(&shape) { throw failed(path, failure) }
        let lengths = withUnsafeBytes(of: shape.lengths) { Array($0.bindMemory(to: Int64.self)) }
        guard shape.rank <= lengths.count else {
            throw EncoderError.model(file: path, problem: "'\(String(cString: name))' has \(shape.rank) axes")
        }
        return Port(
            name: String(cString: name), type: shape.type == 0 ? nil : typeName(shape.type),
            shape: lengths.prefix(shape.rank).map { $0 < 0 ? nil : Int($0) })
    }

    /// ONNX's names of element types (TensorProto.DataType).
    private static func typeName(_ type: Int32) -> String {
        let names = [
            "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "text", "bool", "float16", "float64",
            "uint32",
            "uint64", "complex64", "complex128", "bfloat16",
        ]
        return names.indices.contains(Int(type) - 1) ? names[Int(type) - 1] : "element type \(type)"
    }

    private static func failed(_ path: String, _ message: UnsafeMutablePointer<CChar>) -> EncoderError {
        .model(file: path, problem: "ONNX Runtime: " + ONNXRuntime.text(message))
    }
}
