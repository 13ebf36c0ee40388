import Foundation

/// The words that data sets have for their parts.
enum SubsetName {
    private static let words: [String: String] = [
        "train": "training", "training": "training", "trn": "training", "trainset": "training",
        "trainingset": "training",
        "val": "validation", "valid": "validation", "validation": "validation", "dev": "validation",
        "valset": "validation",
        "validationset": "validation", "development": "validation",
        "test": "testing", "testing": "testing", "tst": "testing", "testset": "testing", "testingset": "testing",
    ]

    /// The common word for a part; nil for a name that is none of the usual.
    static func common(_ name: String) -> String? {
        words[name.lowercased().filter { $0.isLetter }]
    }

    /// The part that the name of a file mentions between dots, dashes and underscores; nil where it mentions none, or several.
    static func mentioned(in fileName: String) -> String? {
        let found = Set(fileName.lowercased().split { !$0.isLetter }.compactMap { words[String($0)] })
        return found.count == 1 ? found.first : nil
    }
}
