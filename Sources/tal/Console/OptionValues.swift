import Annotations
import ArgumentParser
import Encoders
import Evaluation
import Toolkit

/// What a shell completes the values of options with.
extension CompletionKind {
    /// Settings.
    static let yaml = CompletionKind.file(extensions: ["yaml", "yml"])
    /// Results.
    static let json = CompletionKind.file(extensions: ["json"])

    /// Configurations of heads, by name or as files.
    static let heads = names { ShippedFiles.standard.names(of: .head) }
    /// Encoders, by name or as files and folders.
    static let encoders = names {
        ShippedFiles.standard.names(of: .encoder) + EncoderCatalogue.all.map(\.name)
    }
    /// Configurations of pre-trainings, by name or as files.
    static let pretrainings = names { ShippedFiles.standard.names(of: .pretraining) }
    /// Protocols of evaluation, by name or as files.
    static let evaluationProtocols = names { EvaluationProtocol.builtInNames }
    /// Protocols of encoders, by name or as files.
    static let encoderProtocols = names { Array(Set(EncoderCatalogue.all.flatMap(\.protocols))).sorted() }
    /// Settings, by name or as files.
    static let settings = names { NamedSettings.Kind.allCases.flatMap(NamedSettings.names) }
    /// Data sets that have a manifest.
    static let datasets = names { DataManifest.builtInNames }

    /// The subsets of the annotations that the command line names.
    static let subsets = CompletionKind.custom { words, _, prefix in
        let files = annotations(in: words)
        guard !files.isEmpty, let set = try? AnnotationSet.reading(files) else { return [] }
        return set.subsetNames.filter { $0.hasPrefix(prefix) }
    }

    /// The files of annotations that a command line names, by whichever of the option's names.
    ///
    /// - Parameter words: the command line, with the name of the program.
    static func annotations(in words: [String]) -> [String] {
        let (option, words) = ("--annotations", OptionNames.present(Array(words.dropFirst())))
        let separate = zip(words, words.dropFirst()).compactMap { $0 == option ? $1 : nil }
        return separate + words.compactMap { $0.hasPrefix(option + "=") ? String($0.dropFirst(option.count + 1)) : nil }
    }

    private static func names(_ list: @escaping @Sendable () -> [String]) -> CompletionKind {
        .custom { _, _, prefix in list().filter { $0.hasPrefix(prefix) } }
    }
}
