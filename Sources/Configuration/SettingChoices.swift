import Foundation

/// What a setting takes, in words for people.
enum SettingChoices {
    /// - Parameter type: the type that a value could not be read as.
    static func words(for type: Any.Type) -> String {
        switch "\(type)" {
        case "Int", "Int32", "Int64", "UInt64", "UInt": "must be a whole number"
        case "Double", "Float": "must be a number"
        case "Bool": "must be true or false"
        case "String": "must be text"
        case "Scalar": "must be one value, not a list or a section"
        case "Sequence": "must be a list"
        case "Mapping": "must be a section with settings of its own"
        case let name where name.hasPrefix("Array<"): "must be a list"
        case let name where name.hasPrefix("Dictionary<"): "must be a section with settings of its own"
        default: "has a value of the wrong kind"
        }
    }

    /// The values that a setting may have, where they are few and its type knows them all.
    ///
    /// - Parameters:
    ///   - path: names of properties.
    ///   - settings: the defaults.
    static func list(at path: [String], in settings: Any) -> [String]? {
        guard let name = path.first else {
            // An optional without a value knows its type all the same.
            guard
                let type = (settings as? any OptionalChoice)?.wrapped ?? type(of: unwrapped(settings))
                    as? any CaseIterable.Type
            else { return nil }
            return cases(of: type)
        }
        let child = Mirror(reflecting: settings).children.first { $0.label == name }
        return child.flatMap { list(at: Array(path.dropFirst()), in: $0.value) }
    }

    private static func cases(of type: (some CaseIterable).Type) -> [String]? {
        let texts = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        return texts.isEmpty ? nil : texts
    }

    private static func unwrapped(_ value: Any) -> Any {
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value ?? value : value
    }
}

private protocol OptionalChoice {
    var wrapped: (any CaseIterable.Type)? { get }
}

extension Optional: OptionalChoice {
    fileprivate var wrapped: (any CaseIterable.Type)? { Wrapped.self as? any CaseIterable.Type }
}
