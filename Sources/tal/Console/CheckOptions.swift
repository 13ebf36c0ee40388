public import ArgumentParser
import Toolkit

/// The option of commands that check data before they work on it.
struct CheckOptions: ParsableArguments {
    @Option(
        name: .long,
        help: """
            Go on although the check of the data finds an error of this kind: \
            \(DataFinding.Kind.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.
            """)
    var allow: [DataFinding.Kind] = []

    var allowed: Set<DataFinding.Kind> { Set(allow) }
}

extension DataFinding.Kind: ExpressibleByArgument {}
