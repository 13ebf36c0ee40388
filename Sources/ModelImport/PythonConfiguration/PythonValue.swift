/// A value in a configuration written as Python.
enum PythonValue: Sendable, Equatable {
    case none
    case bool(Bool)
    case number(Double)
    case text(String)
    /// A list or a tuple.
    case list([PythonValue])
    case dictionary([String: PythonValue])
    /// What is not evaluated, such as a call of a function.
    case unknown

    /// This value changed by another: dictionaries are joined key by key, unless the other one says `_delete_`; anything else
    /// is replaced.
    func updated(by other: PythonValue) -> PythonValue {
        guard case .dictionary(let mine) = self, case .dictionary(var theirs) = other else { return other.withoutMarks }
        if theirs.removeValue(forKey: "_delete_") == .bool(true) { return PythonValue.dictionary(theirs).withoutMarks }
        var result = mine
        for (key, value) in theirs { result[key] = result[key]?.updated(by: value) ?? value.withoutMarks }
        return .dictionary(result)
    }

    /// The same without the key `_delete_` in any dictionary.
    private var withoutMarks: PythonValue {
        guard case .dictionary(let entries) = self else { return self }
        return .dictionary(entries.filter { $0.key != "_delete_" }.mapValues(\.withoutMarks))
    }
}
