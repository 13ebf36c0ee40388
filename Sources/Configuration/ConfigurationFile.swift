public import Files
import Foundation
internal import Yams

/// Reads and writes ``Configurable`` settings as YAML (of which JSON is a part).
public enum ConfigurationFile {
    /// Reads settings from a file, applies overrides, and validates the result.
    ///
    /// - Parameters:
    ///   - type: the kind of settings.
    ///   - path: a YAML or JSON file.
    ///   - overlays: more files, whose keys replace those of the file and of the overlays before.
    ///   - overrides: `key.path=value` texts, applied in order after the files; values are YAML.
    ///   - notify: called once where files or overrides use keys of earlier versions, which are read all the same.
    /// - Throws: ``ConfigurationError``, or what ``Configurable/validate()`` throws.
    public static func load<Settings: Configurable>(
        _ type: Settings.Type = Settings.self, from path: String, overlays: [String] = [], overrides: [String] = [],
        notify: (Notice) -> Void = { _ in }
    ) throws -> Settings {
        try decode(
            type, from: TextFile.read(path), file: path, overlays: overlays, overrides: overrides, notify: notify)
    }

    /// One text at the top level of a file, for choosing the type of settings that the rest is read as.
    ///
    /// - Returns: `nil` where the key is missing or is no scalar.
    /// - Throws: `FileError` or ``ConfigurationError``.
    public static func scalar(_ key: String, in path: String) throws -> String? {
        let text = try TextFile.read(path)
        do {
            return try Yams.compose(yaml: text)?.mapping?[Node(key)]?.scalar?.string
        } catch {
            throw ConfigurationError.malformed(file: path, reason: YAMLProblem.text(of: error, in: text))
        }
    }

    /// The settings that a file names: their keys, those of sections joined by dots.
    ///
    /// - Throws: ``ConfigurationError``.
    public static func keys(in path: String) throws -> Set<String> { try Set(leaves(of: path).map(\.key)) }

    /// Reads settings from YAML text; `file` is the name used in errors.
    public static func decode<Settings: Configurable>(
        _ type: Settings.Type = Settings.self, from text: String, file: String, overlays: [String] = [],
        overrides: [String] = [], notify: (Notice) -> Void = { _ in }
    ) throws -> Settings {
        var root: Node
        do {
            root = try Yams.compose(yaml: text) ?? Node([(Node, Node)](), Tag(.map))
        } catch {
            throw ConfigurationError.malformed(file: file, reason: YAMLProblem.text(of: error, in: text))
        }
        if case .scalar(let scalar) = root, scalar.string.isEmpty || scalar.string == "null" {
            root = Node([(Node, Node)](), Tag(.map))
        }
        guard root.mapping != nil else {
            throw ConfigurationError.malformed(file: file, reason: "the top level is not a mapping")
        }
        let overlaid = try overlays.flatMap { try leaves(of: $0) }.map { leaf in
            (keys: leaf.key.split(separator: ".").map(String.init), value: leaf.node)
        }
        let changes = try overrides.map(parse)
        let overlay = SettingsOverlay(file: file)
        var defaults = Settings()
        do {
            // What chooses the kind of settings decides which keys there are.
            let chosen = (overlaid + changes).reduce(root) { $0.setting($1.value, at: $1.keys[...]) }
            defaults = try Settings.defaults { chosen.mapping?[Node($0)]?.scalar?.string }
            var names = RenamedKeys(of: defaults, file: file)
            root = try names.apply(to: root)
            for (keys, value) in overlaid where !defaults.unusedSections.contains(where: { $0.key == keys.first }) {
                root = try names.set(value, at: keys, in: root)
            }
            for (keys, value) in changes {
                if let key = keys.first, defaults.unusedSections.contains(where: { $0.key == key }) {
                    throw ConfigurationError.invalidValue(
                        file: file, key: keys.joined(separator: "."),
                        problem: "has no effect: section '\(key)' is not the one that is used")
                }
                root = try names.set(value, at: keys, in: root)
            }
            let merged = try overlay.merge(root, over: defaults, path: [])
            let settings = try YAMLDecoder().decode(Settings.self, from: merged)
            try settings.validate()
            if let notice = names.notice { notify(notice) }
            return settings
        } catch {
            let error = (error as? DecodingError).map { overlay.describe($0, defaults: defaults) } ?? error
            guard let fault = error as? ConfigurationError else { throw error }
            let origin = SettingOrigin(
                file: file, overrides: zip(overrides, changes).map { ($0, $1.keys, $1.value) }, settings: defaults)
            throw origin.attributed(fault)
        }
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
            root = root.setting(Node(value, Tag(.str)), at: key.split(separator: ".").map(String.init)[...])
        }
        for override in overrides {
            let (keys, value) = try parse(override)
            root = root.setting(value, at: keys[...])
        }
        return try Yams.serialize(node: root)
    }

    /// Everything in a YAML file that is no mapping, with its key path.
    static func leaves(of path: String) throws -> [(key: String, node: Node)] {
        let text = try TextFile.read(path)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError.malformed(file: path, reason: YAMLProblem.text(of: error, in: text))
        }
        guard let root, root.mapping != nil else {
            throw ConfigurationError.malformed(file: path, reason: "the top level is not a mapping")
        }
        return root.leaves.map { ($0.path.joined(separator: "."), $0.value) }
    }

    private static func parse(_ override: String) throws -> (keys: [String], value: Node) {
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
        return (keys, value)
    }

}
