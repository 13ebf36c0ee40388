import Files
import Yams

/// Gives the keys of earlier versions their present names, before a file is laid over the defaults.
struct RenamedKeys {
    /// One key that has another name now.
    private struct Rename {
        let old: [String]
        let new: [String]

        /// Whether the old key is now a section: `optimizer: adam` became `optimizer.kind`.
        var isSection: Bool { new.starts(with: old) }
        var text: String { "\(old.joined(separator: ".")) is now \(new.joined(separator: "."))" }
    }

    private let renames: [Rename]
    private let file: String
    /// The old keys that were met, each with its present name.
    private(set) var met: [String] = []

    /// - Parameters:
    ///   - settings: whose keys, and those of its sections, may be old ones.
    ///   - file: named in errors.
    init(of settings: any Configurable, file: String) {
        self.file = file
        // Keys that became sections come first, so that what moves into the section finds it.
        renames = Self.collect(settings, path: []).sorted { first, second in
            first.isSection != second.isSection
                ? first.isSection : first.old.lexicographicallyPrecedes(second.old)
        }
    }

    private static func collect(_ settings: any Configurable, path: [String]) -> [Rename] {
        func keys(_ text: String) -> [String] { path + text.split(separator: ".").map(String.init) }
        let own = type(of: settings).renamedKeys.map { Rename(old: keys($0.key), new: keys($0.value)) }
        return own
            + SettingsOverlay.sections(of: settings).flatMap { collect($0.settings, path: path + [$0.key]) }
    }

    /// The content of a file with its present names.
    ///
    /// - Throws: ``ConfigurationError/invalidValue(file:key:problem:)`` for a setting under both names.
    mutating func apply(to root: Node) throws -> Node {
        var root = root
        for rename in renames {
            guard let value = root.value(at: rename.old[...]), !(rename.isSection && value.mapping != nil) else {
                continue
            }
            if !rename.isSection {
                guard root.value(at: rename.new[...]) == nil else {
                    throw ConfigurationError.invalidValue(
                        file: file, key: rename.old.joined(separator: "."),
                        problem:
                            "is the old name of '\(rename.new.joined(separator: "."))', which is set too; remove one")
                }
                root = root.removing(rename.old[...])
            }
            root = root.setting(value, at: rename.new[...])
            met.append(rename.text)
        }
        return root
    }

    /// Sets one value in the content of a file that has the present names already.
    mutating func set(_ value: Node, at keys: [String], in root: Node) throws -> Node {
        let earlier = met.count
        let changed = try apply(to: Node([(Node, Node)](), Tag(.map)).setting(value, at: keys[...]))
        guard met.count > earlier else { return root.setting(value, at: keys[...]) }
        // A whole section replaces the one in the file; what has moved elsewhere is set where it is now.
        var root = root
        if value.mapping != nil, let section = changed.value(at: keys[...]) {
            root = root.setting(section, at: keys[...])
        }
        for leaf in changed.leaves where !(value.mapping != nil && leaf.path.starts(with: keys)) {
            root = root.setting(leaf.value, at: leaf.path[...])
        }
        return root
    }

    /// What the user should hear; `nil` where every key has its present name.
    var notice: Notice? {
        met.isEmpty
            ? nil
            : Notice(
                "renamed-setting", "settings of \(file) have old names, which are still read",
                one: "setting of \(file) has an old name, which is still read", items: met)
    }
}

extension Node {
    /// The node at a path of keys.
    fileprivate func value(at keys: ArraySlice<String>) -> Node? {
        guard let key = keys.first else { return self }
        return mapping?[Node(key)]?.value(at: keys.dropFirst())
    }

    /// This node with another value at a path of keys; what is in the way is replaced.
    func setting(_ value: Node, at keys: ArraySlice<String>) -> Node {
        guard let key = keys.first else { return value }
        var mapping = mapping ?? Node.Mapping([])
        let child = mapping[Node(key)] ?? Node([(Node, Node)](), Tag(.map))
        mapping[Node(key)] = child.setting(value, at: keys.dropFirst())
        return .mapping(mapping)
    }

    /// This node without what is at a path of keys.
    fileprivate func removing(_ keys: ArraySlice<String>) -> Node {
        guard let key = keys.first, var mapping else { return self }
        mapping[Node(key)] = keys.count == 1 ? nil : mapping[Node(key)]?.removing(keys.dropFirst())
        return .mapping(mapping)
    }

    /// Everything that is no mapping, with its path of keys.
    var leaves: [(path: [String], value: Node)] {
        guard let mapping else { return [([], self)] }
        return mapping.flatMap { key, child in child.leaves.map { ([key.string ?? ""] + $0.path, $0.value) } }
    }
}
