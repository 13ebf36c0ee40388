public import Tensors

/// A part of a network: a structure that holds parameters and other modules in its stored properties.
///
/// Modules are called like functions. A parameter's name is the path of property names that leads to it, in snake case,
/// with the index for elements of arrays: `stem.0.attention.query.weight`. These names are the names in files.
public protocol Module: Sendable {}

extension Module {
    /// All parameters with their names, in the order the properties are declared.
    public func namedParameters() -> [(name: String, parameter: Parameter)] {
        var found: [(name: String, parameter: Parameter)] = []
        collectParameters(of: self, path: "", into: &found)
        return found
    }

    /// All parameters, in the order the properties are declared.
    public var parameters: [Parameter] { namedParameters().map(\.parameter) }

    /// Number of trainable values.
    public var parameterCount: Int {
        parameters.reduce(0) { $0 + ($1.isTrainable ? $1.value.count : 0) }
    }
}

private func collectParameters(
    of value: Any, path: String, into found: inout [(name: String, parameter: Parameter)]
) {
    if let parameter = value as? Parameter {
        found.append((path, parameter))
        return
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
        if let wrapped = mirror.children.first?.value { collectParameters(of: wrapped, path: path, into: &found) }
    case .collection:
        for (index, child) in mirror.children.enumerated() where isPartOfNetwork(child.value) {
            collectParameters(of: child.value, path: path.isEmpty ? "\(index)" : "\(path).\(index)", into: &found)
        }
    default:
        for child in mirror.children {
            guard let label = child.label, isPartOfNetwork(child.value) else { continue }
            let name = snakeCase(label)
            collectParameters(of: child.value, path: path.isEmpty ? name : "\(path).\(name)", into: &found)
        }
    }
}

private func isPartOfNetwork(_ value: Any) -> Bool {
    if value is Parameter || value is any Module { return true }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional, .collection: return mirror.children.contains { isPartOfNetwork($0.value) }
    default: return false
    }
}

private func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { result, character in
        if character.isUppercase {
            result += "_" + character.lowercased()
        } else {
            result.append(character)
        }
    }
}
