import ArgumentParser
import Toolkit

/// The option that names a manifest.
struct DatasetOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .value(
            "name",
            """
            A data set of 'tal data list' (NAME, or NAME/FEATURES where it has several): subsets, protocol and grid of features \
            that are not given otherwise come from its manifest.
            """), completion: .datasets,
        transform: { text in
            do {
                return try DatasetDefaults(text)
            } catch let error as DataManifestError {
                throw ValidationError("\(error)")
            }
        })
    var dataset: DatasetDefaults?

    var value: DatasetDefaults? { dataset }
}
