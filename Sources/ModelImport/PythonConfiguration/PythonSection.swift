import Localization

/// A dictionary of a configuration of OpenTAD, whose values are looked up by key.
struct PythonSection {
    let file: String
    /// Keys that lead here.
    let path: String
    let values: [String: PythonValue]

    func failure(_ key: String, _ problem: String) -> LocalizationError {
        .officialSettings(file: file, problem: "'\(path.isEmpty ? "" : path + ".")\(key)' \(problem)")
    }

    /// Refuses keys that are not known, since they could change the model.
    func allow(_ keys: Set<String>) throws(LocalizationError) {
        if let odd = values.keys.filter({ !keys.contains($0) }).sorted().first {
            throw failure(odd, "has no counterpart here")
        }
    }

    /// Whether there is a value that is not None.
    func has(_ key: String) -> Bool { values[key].map { $0 != .none } ?? false }

    /// An inner dictionary, empty where it is missing or None.
    func section(_ key: String) throws(LocalizationError) -> PythonSection {
        let inner = path.isEmpty ? key : "\(path).\(key)"
        switch values[key] {
        case nil, .some(.none): return PythonSection(file: file, path: inner, values: [:])
        case .dictionary(let entries): return PythonSection(file: file, path: inner, values: entries)
        default: throw failure(key, "must be a dictionary")
        }
    }

    func number(_ key: String, _ standard: Double? = nil) throws(LocalizationError) -> Double {
        switch values[key] {
        case nil:
            guard let standard else { throw failure(key, "is missing") }
            return standard
        case .number(let number): return number
        default: throw failure(key, "must be a number")
        }
    }

    func integer(_ key: String, _ standard: Int? = nil) throws(LocalizationError) -> Int {
        guard let result = Int(exactly: try number(key, standard.map(Double.init))) else {
            throw failure(key, "must be a whole number")
        }
        return result
    }

    /// A number, or a list of numbers.
    func integers(_ key: String, _ standard: [Int]? = nil) throws(LocalizationError) -> [Int] {
        if values[key] == nil, let standard { return standard }
        guard case .list(let list) = values[key] else { return [try integer(key)] }
        return try numbers(list, key: key).map { number throws(LocalizationError) in
            guard let result = Int(exactly: number) else { throw failure(key, "must hold whole numbers") }
            return result
        }
    }

    /// A list of pairs of numbers.
    func pairs(_ key: String) throws(LocalizationError) -> [[Float]] {
        guard case .list(let list) = values[key] else { throw failure(key, "must be a list of pairs") }
        return try list.map { pair throws(LocalizationError) in
            guard case .list(let inner) = pair, inner.count == 2 else { throw failure(key, "must be a list of pairs") }
            return try numbers(inner, key: key).map { Float($0) }
        }
    }

    private func numbers(_ list: [PythonValue], key: String) throws(LocalizationError) -> [Double] {
        try list.map { value throws(LocalizationError) in
            guard case .number(let number) = value else { throw failure(key, "must hold numbers") }
            return number
        }
    }

    func text(_ key: String, _ standard: String? = nil) throws(LocalizationError) -> String {
        switch values[key] {
        case nil:
            guard let standard else { throw failure(key, "is missing") }
            return standard
        case .text(let text): return text
        default: throw failure(key, "must be a text")
        }
    }

    func flag(_ key: String, _ standard: Bool) throws(LocalizationError) -> Bool {
        switch values[key] {
        case nil: return standard
        case .bool(let flag): return flag
        default: throw failure(key, "must be True or False")
        }
    }

    /// Checks that a text is the only one that is read.
    func require(_ key: String, _ expected: String) throws(LocalizationError) {
        let found = try text(key)
        if found != expected { throw failure(key, "is '\(found)'; only \(expected) is read") }
    }
}
