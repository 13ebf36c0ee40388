import ArgumentParser

extension ArgumentHelp {
    /// A help text, and what stands for the value in the usage.
    static func value(_ name: String, _ text: String) -> ArgumentHelp { ArgumentHelp(text, valueName: name) }
}

extension ParsableCommand {
    /// Reads the arguments of a call, second names of options included.
    ///
    /// - Parameter arguments: without the name of the program.
    static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        try parseAsRoot(OptionNames.present(arguments))
    }
}
