import Configuration
import Features
import Files
import Networks

/// Lets ranks find out whether they train the same head on the same data.
struct TrainingAgreement {
    let settings: LocalizationSettings
    let training: Dataset
    let validation: Dataset?
    let features: FeatureContract

    /// - Throws: `RankAgreement.Difference`, `FeatureError`, or an error of the communicator.
    func check(_ communicator: any Communicator) throws {
        guard !communicator.isAlone else { return }
        var agreement = RankAgreement()
        var settings = settings
        // What memory a rank has is its own affair.
        settings.training.cacheMebibytes = 0
        for row in try SettingsListing(settings).rows where !row.isSection {
            agreement.add(row.path.joined(separator: "."), row.value)
        }
        agreement.add(
            "the list of classes",
            "\(Quantity.text(training.labels.count, "class", "classes")) (digest \(Self.short(training.labels.joined(separator: "\n"))))"
        )
        agreement.add(
            "the kind of features",
            "\(features.channels) channels (digest \(Self.short(try ConfigurationFile.encode(features))))")
        agreement.add("the training subset", try Self.describe(training))
        if let validation { agreement.add("the validation subset", try Self.describe(validation)) }
        try agreement.check(communicator)
    }

    /// Videos, segments and the lengths of the features.
    private static func describe(_ dataset: Dataset) throws -> String {
        var text = ""
        for item in dataset.items {
            let header = try dataset.features.header(for: item.video)
            text += "\(item)\(header)\n"
        }
        return "\(Quantity.text(dataset.count, "video")) with \(Quantity.text(dataset.segmentCount, "segment")) "
            + "(digest \(short(text)))"
    }

    private static func short(_ text: String) -> String {
        var hasher = SHA256()
        hasher.update(text)
        return String(hasher.hexadecimal().prefix(12))
    }
}
