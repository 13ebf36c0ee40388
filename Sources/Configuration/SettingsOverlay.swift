import Foundation
internal import Yams

/// Lays the keys of a file over the defaults of a settings structure.
struct SettingsOverlay {
    /// The file named in errors.
    let file: String

    /// The nodes of `node` over those of `defaults`, with keys as property names.
    func merge(_ node: Node, over defaults: any Configurable, path: [String]) throws -> Node {
        guard let mapping = node.mapping else {
            throw ConfigurationError.invalidValue(
                file: file, key: path.joined(separator: "."), problem: "must be a mapping of settings")
        }
        let properties = Self.properties(of: defaults)
        let encoded = try Yams.compose(yaml: YAMLEncoder().encode(AnyEncodable(defaults)))?.mapping ?? Node.Mapping([])
        let unused = defaults.unusedSections
        var merged = encoded
        for (keyNode, value) in mapping {
            let key = keyNode.string ?? ""
            if let section = unused.first(where: { $0.key == key }) {
                // Its keys are checked, its values are not needed.
                if value.mapping != nil { _ = try merge(value, over: section.settings, path: path + [key]) }
                continue
            }
            guard let property = properties.first(where: { Self.snakeCase($0.name) == key }) else {
                let nearest = SettingNames.nearest(to: key, in: properties.map { Self.snakeCase($0.name) })
                throw ConfigurationError.unknownKey(
                    file: file, key: (path + [key]).joined(separator: "."),
                    nearest: nearest.map { (path + [$0]).joined(separator: ".") })
            }
            if let nested = property.value as? any Configurable, value.mapping != nil {
                merged[Node(property.name)] = try merge(value, over: nested, path: path + [key])
            } else if let nested = Self.defaultOfOptional(property.value), value.mapping != nil {
                merged[Node(property.name)] = try merge(value, over: nested, path: path + [key])
            } else {
                merged[Node(property.name)] = value
            }
        }
        return .mapping(merged)
    }

    /// `node`, as encoded from `settings`, with the property names turned into file keys.
    func toFileKeys(_ node: Node, like settings: any Configurable) -> Node {
        guard let mapping = node.mapping else { return node }
        let properties = Dictionary(
            Self.properties(of: settings).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        var result = Node.Mapping([])
        for (keyNode, value) in mapping {
            let name = keyNode.string ?? ""
            var child = value
            if let nested = properties[name].flatMap({ Self.unwrapped($0) as? any Configurable }) {
                child = toFileKeys(value, like: nested)
            }
            result[Node(Self.snakeCase(name))] = child
        }
        // The encoder leaves out what is nil, which would come back as a default that is not.
        for (name, value) in Self.properties(of: type(of: settings).init())
        where mapping[Node(name)] == nil && properties[name] != nil && !Self.isNil(value) {
            result[Node(Self.snakeCase(name))] = Node("null", Tag(.null))
        }
        return .mapping(result)
    }

    /// The parts of settings that are sections of a file, optional ones with their defaults.
    static func sections(of settings: any Configurable) -> [(key: String, settings: any Configurable)] {
        properties(of: settings).compactMap { name, value in
            ((value as? any Configurable) ?? defaultOfOptional(value)).map { (snakeCase(name), $0) }
        }
    }

    /// The keys of settings, without those inside its sections.
    static func keys(of settings: any Configurable) -> [String] { properties(of: settings).map { snakeCase($0.name) } }

    /// A readable error for a value of the wrong type.
    func describe(_ error: DecodingError, defaults: any Configurable) -> ConfigurationError {
        func key(_ path: [any CodingKey]) -> String {
            path.map { $0.intValue.map { "[\($0)]" } ?? Self.snakeCase($0.stringValue) }.joined(separator: ".")
        }
        switch error {
        case .typeMismatch(let type, let context):
            return .invalidValue(file: file, key: key(context.codingPath), problem: SettingChoices.words(for: type))
        case .valueNotFound(let type, let context):
            return .invalidValue(file: file, key: key(context.codingPath), problem: SettingChoices.words(for: type))
        case .keyNotFound(let missing, let context):
            return .invalidValue(file: file, key: key(context.codingPath + [missing]), problem: "is missing")
        case .dataCorrupted(let context):
            let choices = SettingChoices.list(at: context.codingPath.map(\.stringValue), in: defaults)
            return .invalidValue(
                file: file, key: key(context.codingPath),
                problem: choices.map { "must be one of \($0.joined(separator: ", "))" }
                    ?? "has a value that it cannot have")
        @unknown default:
            return .malformed(file: file, reason: String(describing: error))
        }
    }

    static func properties(of settings: Any) -> [(name: String, value: Any)] {
        Mirror(reflecting: settings).children.compactMap { child in child.label.map { ($0, child.value) } }
    }

    private static func unwrapped(_ value: Any) -> Any {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return value }
        return mirror.children.first?.value ?? value
    }

    private static func isNil(_ value: Any) -> Bool {
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional && mirror.children.isEmpty
    }

    /// The defaults behind an optional settings structure, whether or not it holds a value.
    private static func defaultOfOptional(_ value: Any) -> (any Configurable)? {
        if let nested = unwrapped(value) as? any Configurable { return nested }
        guard let optional = value as? any OptionalSettings else { return nil }
        return optional.emptySettings
    }

    static func snakeCase(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase {
                result += "_" + character.lowercased()
            } else {
                result.append(character)
            }
        }
        return result
    }
}

private protocol OptionalSettings {
    var emptySettings: (any Configurable)? { get }
}

extension Optional: OptionalSettings {
    fileprivate var emptySettings: (any Configurable)? { (Wrapped.self as? any Configurable.Type)?.init() }
}

private struct AnyEncodable: Encodable {
    let value: any Encodable
    init(_ value: any Encodable) { self.value = value }
    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
