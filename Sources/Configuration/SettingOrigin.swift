internal import Yams

/// Where a setting came from: tells faults of overrides from those of the file.
struct SettingOrigin {
    private let file: String
    /// The overrides as they were typed, each with the key paths that it sets under present names.
    private let overrides: [(text: String, paths: [[String]])]
    private let settings: any Configurable

    /// - Parameters:
    ///   - file: named in errors.
    ///   - overrides: the texts and what they were read as.
    ///   - settings: the defaults, which have every key.
    init(file: String, overrides: [(text: String, keys: [String], value: Node)], settings: any Configurable) {
        self.file = file
        self.settings = settings
        self.overrides = overrides.map { text, keys, value in
            var names = RenamedKeys(of: settings, file: file)
            let node = Node([(Node, Node)](), Tag(.map)).setting(value, at: keys[...])
            let renamed = (try? names.apply(to: node))?.leaves.map(\.path) ?? []
            return (text, [keys] + renamed)
        }
    }

    /// An error of a setting, said of the override or the file that has it.
    func attributed(_ error: ConfigurationError) -> ConfigurationError {
        switch error {
        case .unknownKey(_, let key, let sibling):
            let nearest = nearest(to: key, sibling: sibling)
            guard let text = override(of: key) else { return .unknownKey(file: file, key: key, nearest: nearest) }
            let advice = nearest.map { "; did you mean '\($0)'?" } ?? ""
            return .invalidOverride(text, problem: "there is no setting '\(key)'\(advice)")
        case .invalidValue(let inner, let key, let problem) where inner.isEmpty || inner == file:
            guard let text = override(of: key) else { return .invalidValue(file: file, key: key, problem: problem) }
            return .invalidOverride(text, problem: "'\(key)' \(problem)")
        default:
            return error
        }
    }

    /// The last override that sets a key, something in it, or what it is in.
    private func override(of key: String) -> String? {
        let keys = key.split(separator: ".").map(String.init)
        return overrides.last { $0.paths.contains { $0.starts(with: keys) || keys.starts(with: $0) } }?.text
    }

    /// The key path that was perhaps meant: one of the same name in another section, the nearest in the same one, or the
    /// nearest of all.
    private func nearest(to key: String, sibling: String?) -> String? {
        let paths = Self.paths(of: settings)
        let name = key.split(separator: ".").last.map(String.init) ?? key
        let namesakes = paths.filter { $0 == name || $0.hasSuffix(".\(name)") }
        if namesakes.count == 1 { return namesakes[0] }
        return SettingNames.nearest(to: key, in: namesakes) ?? sibling ?? SettingNames.nearest(to: key, in: paths)
    }

    private static func paths(of settings: any Configurable) -> [String] {
        let sections = SettingsOverlay.sections(of: settings)
        return SettingsOverlay.keys(of: settings)
            + sections.flatMap { section in paths(of: section.settings).map { "\(section.key).\($0)" } }
    }
}
