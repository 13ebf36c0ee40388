public import Configuration

/// In a file the head is its name under `head`, and its settings are the section of that name.
extension LocalizationSettings: CustomReflectable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func kind(named name: String) throws(ConfigurationError) -> HeadKind {
        guard let kind = HeadKind.allCases.first(where: { $0.rawValue == name }) else {
            let names = HeadKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidValue(file: "", key: "head", problem: "is '\(name)', which is none of \(names)")
        }
        return kind
    }

    public static func defaults(_ text: (_ key: String) -> String?) throws -> LocalizationSettings {
        var settings = LocalizationSettings()
        if let name = text("head") { settings.head = try kind(named: name) }
        return settings
    }

    /// Those of the other heads, which the files of earlier versions have too.
    public var unusedSections: [(key: String, settings: any Configurable)] {
        HeadKind.allCases.filter { $0 != head }.map { ($0.rawValue, $0.settings.init()) }
    }

    public static var descriptions: [SettingDescription] {
        [
            .init("head", "The kind of head; its settings are the section of that name."),
            .init("class_agnostic", "Whether all actions are one class, so that classes come from video-level scores."),
        ] + HeadKind.allCases.map { .init($0.rawValue, "The architecture and the loss of the head.") } + [
            .init("window", "From features to samples."),
            .init("post_processing", "From proposals to detections."),
            .init("training", "How the head is trained."),
        ]
    }

    public var customMirror: Mirror {
        let children: [(label: String?, value: Any)] = [
            ("head", head.rawValue), ("classAgnostic", classAgnostic), (head.rawValue, headSettings),
            ("window", window), ("postProcessing", postProcessing), ("training", training),
        ]
        return Mirror(self, children: children, displayStyle: .struct)
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let kind = try Self.kind(named: values.decode(String.self, forKey: Key("head")))
        headSettings = try values.decode(kind.settings, forKey: Key(kind.rawValue))
        classAgnostic = try values.decode(Bool.self, forKey: Key("classAgnostic"))
        window = try values.decode(WindowSettings.self, forKey: Key("window"))
        postProcessing = try values.decode(PostProcessingSettings.self, forKey: Key("postProcessing"))
        training = try values.decode(TrainingSettings.self, forKey: Key("training"))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(head.rawValue, forKey: Key("head"))
        try values.encode(classAgnostic, forKey: Key("classAgnostic"))
        try values.encode(headSettings, forKey: Key(head.rawValue))
        try values.encode(window, forKey: Key("window"))
        try values.encode(postProcessing, forKey: Key("postProcessing"))
        try values.encode(training, forKey: Key("training"))
    }
}
