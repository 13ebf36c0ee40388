import Foundation
internal import Yams

/// Every setting of a configuration with its value, its default and what it means.
public struct SettingsListing: Sendable {
    /// A setting, or a section of settings that follow it.
    public struct Row: Sendable, Equatable {
        /// The keys from the top of the file on.
        public var path: [String]
        public var isSection: Bool
        /// As YAML on one line; empty for a section.
        public var value: String
        /// What holds where a file says nothing.
        public var defaultValue: String
        public var description: SettingDescription?
        /// The values that it may have, where they are few.
        public var choices: [String]

        public var key: String { path.last ?? "" }
    }

    /// In the order of the file.
    public let rows: [Row]

    /// - Throws: what encoding the settings throws.
    public init(_ settings: some Configurable) throws {
        let node = try Self.node(of: settings)
        let defaults = try type(of: settings).defaults { node.mapping?[Node($0)]?.scalar?.string }
        rows = try Self.rows(settings, node, defaults: Self.node(of: defaults), path: [])
    }

    /// A YAML text that reads back as the same settings, with a comment above each.
    ///
    /// - Parameter head: sentences that come first.
    public func yaml(head: String) -> String {
        var lines = Self.comment(head, indentation: "")
        for row in rows {
            let indentation = String(repeating: "  ", count: row.path.count - 1)
            if row.path.count == 1 { lines.append("") }
            lines += Self.comment(row.words(withDefault: true), indentation: indentation)
            lines.append("\(indentation)\(row.key):" + (row.value.isEmpty ? "" : " \(row.value)"))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func comment(_ text: String, indentation: String) -> [String] {
        var lines: [String] = [], line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indentation.count + line.count + word.count > 97 {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? "\(word)" : " \(word)"
        }
        if !line.isEmpty { lines.append(line) }
        return lines.map { "\(indentation)# \($0)" }
    }

    // MARK: - From settings to rows

    private static func node(of settings: any Configurable) throws -> Node {
        func node(_ settings: some Configurable) throws -> Node {
            try Yams.compose(yaml: ConfigurationFile.encode(settings)) ?? Node([(Node, Node)](), Tag(.map))
        }
        return try node(settings)
    }

    private static func rows(
        _ settings: any Configurable, _ node: Node, defaults: Node?, path: [String]
    ) throws -> [Row] {
        let sections = SettingsOverlay.sections(of: settings)
        let descriptions = type(of: settings).descriptions
        return try SettingsOverlay.properties(of: settings).flatMap { name, property -> [Row] in
            let key = SettingsOverlay.snakeCase(name)
            let value = node.mapping?[Node(key)], standard = defaults?.mapping?[Node(key)]
            var row = Row(
                path: path + [key], isSection: false, value: try text(of: value), defaultValue: try text(of: standard),
                description: descriptions.first { $0.key == key },
                choices: SettingChoices.list(at: [], in: property) ?? [])
            // An optional section that is not there is a plain null.
            guard let section = sections.first(where: { $0.key == key }), let value, value.mapping != nil else {
                return [row]
            }
            row.isSection = true
            (row.value, row.defaultValue) = ("", "")
            return try [row] + rows(section.settings, value, defaults: standard, path: row.path)
        }
    }

    /// A value on one line.
    private static func text(of node: Node?) throws -> String {
        guard let node else { return "null" }
        return try Yams.serialize(node: inLine(node), width: -1, allowUnicode: true)
            .trimmingCharacters(in: .whitespacesAndNewlines).replacing("\n...", with: "")
    }

    private static func inLine(_ node: Node) -> Node {
        switch node {
        case .sequence(var sequence):
            sequence = Node.Sequence(sequence.map(inLine), sequence.tag, .flow)
            return .sequence(sequence)
        case .mapping(let mapping):
            return .mapping(Node.Mapping(mapping.map { (inLine($0), inLine($1)) }, mapping.tag, .flow))
        default: return node
        }
    }
}

extension SettingsListing.Row {
    /// What the setting means, with unit, choices, the authors' name, and the default where it is another value.
    ///
    /// - Parameter withDefault: whether the default is included.
    public func words(withDefault: Bool) -> String {
        var parts: [String] = []
        if let description, !description.meaning.isEmpty { parts.append(description.meaning) }
        if !choices.isEmpty { parts.append("One of \(choices.joined(separator: ", ")).") }
        if let unit = description?.unit { parts.append("Unit: \(unit).") }
        if let called = description?.called { parts.append("The authors call it \(called).") }
        if withDefault, !isSection, value != defaultValue { parts.append("Default: \(defaultValue).") }
        return parts.joined(separator: " ")
    }
}
