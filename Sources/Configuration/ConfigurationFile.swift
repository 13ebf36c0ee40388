import Foundation
internal import Yams

/// Reads and writes ``Configurable`` settings as YAML (of which JSON is a part).
public enum ConfigurationFile {
    /// Reads settings from a file, applies overrides, and validates the result.
    ///
    /// - Parameters:
    ///   - path: a YAML or JSON file.
    ///   - overlays: more files, whose keys replace those of the file and of the overlays before.
    ///   - overrides: `key.path=value` texts, applied in order after the files; values are YAML.
    /// - Throws: ``ConfigurationError``, or what ``Configurable/validate()`` throws.
    public static func load<Settings: Configurable>(
        _ type: Settings.Type = Settings.self, from path: String, overlays: [String] = [], overrides: [String] = []
    ) throws -> Settings {
        try decode(type, from: read(path), file: path, overlays: overlays, overrides: overrides)
    }

    /// One text at the top level of a file, for choosing the type of settings that the rest is read as.
    ///
    /// - Returns: `nil` where the key is missing or is no scalar.
    /// - Throws: ``ConfigurationError``.
    public static func scalar(_ key: String, in path: String) throws -> String? {
        do {
            return try Yams.compose(yaml: read(path))?.mapping?[Node(key)]?.scalar?.string
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError.malformed(file: path, reason: firstLine(of: error))
        }
    }

    /// Reads settings from YAML text; `file` is the name used in errors.
    public static func decode<Settings: Configurable>(
        _ type: Settings.Type = Settings.self, from text: String, file: String, overlays: [String] = [],
        overrides: [String] = []
    ) throws -> Settings {
        var root: Node
        do {
            root = try Yams.compose(yaml: text) ?? Node([(Node, Node)](), Tag(.map))
        } catch {
            throw ConfigurationError.malformed(file: file, reason: firstLine(of: error))
        }
        if case .scalar(let scalar) = root, scalar.string.isEmpty || scalar.string == "null" {
            root = Node([(Node, Node)](), Tag(.map))
        }
        guard root.mapping != nil else {
            throw ConfigurationError.malformed(file: file, reason: "the top level is not a mapping")
        }
        for path in overlays {
            for leaf in try leaves(of: path) {
                root = set(leaf.node, at: leaf.key.split(separator: ".").map(String.init)[...], in: root)
            }
        }
        for override in overrides {
            try apply(override, to: &root)
        }
        let overlay = SettingsOverlay(file: file)
        let merged = try overlay.merge(root, over: Settings(), path: [])
        let settings: Settings
        do {
            settings = try YAMLDecoder().decode(Settings.self, from: merged)
        } catch let error as DecodingError {
            throw overlay.describe(error)
        }
        do {
            try settings.validate()
        } catch ConfigurationError.invalidValue(let inner, let key, let problem) where inner.isEmpty {
            throw ConfigurationError.invalidValue(file: file, key: key, problem: problem)
        }
        return settings
    }

    /// The settings as YAML, keys in snake case, defaults included.
    public static func encode<Settings: Configurable>(_ settings: Settings) throws -> String {
        let encoder = YAMLEncoder()
        encoder.options = .init(sortKeys: false)
        let text = try encoder.encode(settings)
        guard let node = try Yams.compose(yaml: text) else { return "" }
        return try Yams.serialize(node: SettingsOverlay(file: "").toFileKeys(node, like: settings))
    }

    /// YAML that names some settings and nothing else.
    ///
    /// - Parameters:
    ///   - overrides: `key.path=value` texts; values are YAML.
    ///   - texts: key paths with values that are taken as they are; overrides come after them.
    /// - Throws: ``ConfigurationError/malformedOverride(_:)``
    public static func text(of overrides: [String], texts: [(key: String, value: String)] = []) throws -> String {
        var root = Node([(Node, Node)](), Tag(.map))
        for (key, value) in texts {
            root = set(Node(value, Tag(.str)), at: key.split(separator: ".").map(String.init)[...], in: root)
        }
        for override in overrides { try apply(override, to: &root) }
        return try Yams.serialize(node: root)
    }

    /// Everything in a YAML file that is no mapping, with its key path.
    static func leaves(of path: String) throws -> [(key: String, node: Node)] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: read(path))
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError.malformed(file: path, reason: firstLine(of: error))
        }
        guard let root, root.mapping != nil else {
            throw ConfigurationError.malformed(file: path, reason: "the top level is not a mapping")
        }
        func collect(_ node: Node, _ path: [String]) -> [(key: String, node: Node)] {
            guard let mapping = node.mapping else { return [(path.joined(separator: "."), node)] }
            return mapping.flatMap { collect($0.value, path + [$0.key.string ?? ""]) }
        }
        return collect(root, [])
    }

    private static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            let reason = FileManager.default.fileExists(atPath: path) ? "not UTF-8 text" : "no such file"
            throw ConfigurationError.unreadable(file: path, reason: reason)
        }
    }

    private static func apply(_ override: String, to root: inout Node) throws {
        guard let separator = override.firstIndex(of: "="), separator != override.startIndex else {
            throw ConfigurationError.malformedOverride(override)
        }
        let keys = override[..<separator].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard keys.allSatisfy({ !$0.isEmpty }) else { throw ConfigurationError.malformedOverride(override) }
        let text = String(override[override.index(after: separator)...])
        let value: Node
        do {
            // Nothing is an empty text, not the word null.
            value = try Yams.compose(yaml: text) ?? Node("", Tag(.str))
        } catch {
            throw ConfigurationError.malformedOverride(override)
        }
        root = set(value, at: keys[...], in: root)
    }

    private static func set(_ value: Node, at keys: ArraySlice<String>, in node: Node) -> Node {
        guard let key = keys.first else { return value }
        var mapping = node.mapping ?? Node.Mapping([])
        let child = mapping[Node(key)] ?? Node([(Node, Node)](), Tag(.map))
        mapping[Node(key)] = set(value, at: keys.dropFirst(), in: child)
        return .mapping(mapping)
    }

    private static func firstLine(of error: any Error) -> String {
        String(describing: error).split(separator: "\n").first.map(String.init) ?? "unknown error"
    }
}
