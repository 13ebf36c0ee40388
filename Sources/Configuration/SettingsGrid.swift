import Foundation
internal import Yams

/// Values of some settings, to be tried in every combination.
public struct SettingsGrid: Sendable, Equatable {
    /// One setting and its values, as YAML texts.
    public struct Axis: Sendable, Equatable {
        /// Key path from the top of the configuration.
        public var key: String
        public var values: [String]

        public init(key: String, values: [String]) {
            self.key = key
            self.values = values
        }
    }

    /// The settings in the order in which they were given; the last changes fastest.
    public var axes: [Axis] = []

    public init(axes: [Axis] = []) { self.axes = axes }

    /// Adds `key.path=value,value,…`.
    ///
    /// - Throws: ``ConfigurationError``
    public mutating func add(_ text: String) throws(ConfigurationError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let values =
            parts.count == 2
            ? parts[1].split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) } : []
        guard let key = parts.first, !key.isEmpty, !values.isEmpty, values.allSatisfy({ !$0.isEmpty }) else {
            throw .malformedGrid(text)
        }
        try add(Axis(key: String(key), values: values))
    }

    /// Adds the lists of a YAML file: each key that has a list of values, nested or with a path as its name.
    ///
    /// - Throws: ``ConfigurationError``
    public mutating func add(contentsOf path: String) throws {
        for leaf in try ConfigurationFile.leaves(of: path) {
            guard let sequence = leaf.node.sequence, !sequence.isEmpty else {
                throw ConfigurationError.invalidValue(
                    file: path, key: leaf.key, problem: "must be a list of values to try")
            }
            let values = try sequence.map { node in
                try Yams.serialize(node: node).trimmingCharacters(in: .whitespacesAndNewlines)
            }
            try add(Axis(key: leaf.key, values: values))
        }
    }

    private mutating func add(_ axis: Axis) throws(ConfigurationError) {
        guard !axes.contains(where: { $0.key == axis.key }) else {
            throw .invalidGrid(axis.key, problem: "it is given twice")
        }
        axes.append(axis)
    }

    /// Number of combinations.
    public var count: Int {
        axes.reduce(1) { total, axis in
            let (product, overflow) = total.multipliedReportingOverflow(by: axis.values.count)
            return overflow ? .max : product
        }
    }

    /// The values of one combination, one of each axis.
    public func values(at index: Int) -> [String] {
        var rest = index
        return axes.reversed().map { axis in
            defer { rest /= axis.values.count }
            return axis.values[rest % axis.values.count]
        }.reversed()
    }

    /// One combination as `key.path=value` texts.
    public func overrides(at index: Int) -> [String] {
        zip(axes, values(at: index)).map { "\($0.key)=\($1)" }
    }
}
