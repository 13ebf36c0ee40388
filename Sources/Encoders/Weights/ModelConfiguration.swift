import Files
import Foundation

/// What lies beside published weights and says of the model what tensors cannot: Hugging Face's `config.json`, open_clip's
/// `open_clip_config.json`, or the arguments of an official class under their own names.
public struct ModelConfiguration: Sendable {
    /// The file; nil where there is none, and everything takes its default.
    public let path: String?
    private let root: JSON

    /// A configuration that says nothing.
    public static let none = ModelConfiguration(path: nil, root: .object([:]))

    private init(path: String?, root: JSON) {
        self.path = path
        self.root = root
    }

    /// - Throws: `FileError`
    public init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.missing(path: path) }
        guard let root = try? JSONDecoder().decode(JSON.self, from: data), case .object = root else {
            throw FileError.malformed(
                path: path, problem: "is not the configuration of a model; expected a JSON object")
        }
        self.init(path: path, root: root)
    }

    /// The part under a key; one that says nothing where there is none.
    func section(_ key: String) -> ModelConfiguration {
        ModelConfiguration(path: path, root: root[key] ?? .object([:]))
    }

    /// The first of some keys as a number of things.
    ///
    /// - Throws: ``EncoderError/configuration(file:problem:)`` where it is no whole number from 1 to a million.
    func count(_ keys: String...) throws -> Int? {
        guard let (key, value) = first(keys) else { return nil }
        // The side of a square is written once or twice.
        let number = if case .array(let values) = value { values.first ?? value } else { value }
        guard case .number(let count) = number, count == count.rounded(), (1...1_000_000).contains(count) else {
            throw EncoderError.configuration(
                file: path ?? "", problem: "'\(key)' must be a whole number from 1 to 1,000,000")
        }
        return Int(count)
    }

    /// The first of some keys as a small positive number, such as the epsilon of a normalisation.
    func epsilon(_ keys: String...) throws -> Float? {
        guard let (key, value) = first(keys) else { return nil }
        guard case .number(let number) = value, number >= 0, number < 1 else {
            throw EncoderError.configuration(file: path ?? "", problem: "'\(key)' must be at least 0 and below 1")
        }
        return Float(number)
    }

    /// The first of some keys as the name of an activation.
    func activation(_ keys: String...) throws -> TransformerSettings.Activation? {
        guard let (key, value) = first(keys) else { return nil }
        switch value {
        case .string("gelu"): return .gelu
        case .string("quick_gelu"): return .quickGELU
        case .string("gelu_tanh"), .string("gelu_pytorch_tanh"), .string("gelu_new"): return .geluTanh
        default:
            throw EncoderError.configuration(
                file: path ?? "", problem: "'\(key)' must be gelu, quick_gelu or gelu_pytorch_tanh")
        }
    }

    func text(_ key: String) -> String? {
        if case .string(let text)? = root[key] { text } else { nil }
    }

    func flag(_ key: String) -> Bool? {
        if case .bool(let flag)? = root[key] { flag } else { nil }
    }

    private func first(_ keys: [String]) -> (String, JSON)? {
        for key in keys {
            if let value = root[key], value != .null { return (key, value) }
        }
        return nil
    }
}

/// A JSON value.
indirect enum JSON: Decodable, Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let list = try? value.decode([JSON].self) {
            self = .array(list)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    /// The value of a key of an object.
    subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var integer: Int? { number.flatMap { Int(exactly: $0) } }
    var string: String? { if case .string(let value) = self { value } else { nil } }
    var members: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
}
