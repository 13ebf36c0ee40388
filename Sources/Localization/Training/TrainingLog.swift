import Foundation

/// What a run reports of each epoch: a JSON line for programs and a text line for people.
///
/// A resumed run continues the files; lines of epochs that are done again are first dropped from the one for programs.
struct TrainingLog {
    /// One epoch.
    struct Epoch: Codable, Equatable {
        /// Counted from 1.
        var epoch: Int
        var loss: Double
        /// The normalised parts of the loss.
        var terms: [String: Double]
        var learningRate: Double
        /// Mean length of the gradient before clipping.
        var gradientNorm: Double
        var seconds: Double
        /// Average mAP on the validation subset, where it was evaluated.
        var averageMap: Double?
    }

    let run: RunFolder
    /// The same for TensorBoard, where that is wanted.
    let events: EventFile?

    init(run: RunFolder, writesEvents: Bool) {
        self.run = run
        events = writesEvents ? EventFile(run: run) : nil
    }

    /// Removes what a killed run wrote after its last checkpoint.
    func truncate(toEpoch epoch: Int) throws {
        guard let text = try? String(contentsOfFile: run.metrics, encoding: .utf8) else {
            try events?.begin([])
            return
        }
        let kept = text.split(separator: "\n").compactMap { line -> (line: Substring, entry: Epoch)? in
            guard let entry = try? Self.decoder.decode(Epoch.self, from: Data(line.utf8)), entry.epoch <= epoch else {
                return nil
            }
            return (line, entry)
        }
        try run.write(Data(kept.map { $0.line + "\n" }.joined().utf8), to: run.metrics)
        try events?.begin(kept.map(\.entry))
    }

    func record(_ epoch: Epoch) throws {
        let line = try Self.encoder.encode(epoch)
        try append(line + Data("\n".utf8), to: run.metrics)
        try events?.append(epoch)
        try note(Self.describe(epoch))
    }

    /// A line for people, with the date.
    func note(_ text: String) throws {
        try append(Data("\(Date().formatted(.iso8601)) \(text)\n".utf8), to: run.log)
    }

    static func describe(_ epoch: Epoch) -> String {
        var text = "epoch \(epoch.epoch): loss \(fixed(epoch.loss, 4))"
        for (name, value) in epoch.terms.sorted(by: { $0.key < $1.key }) { text += ", \(name) \(fixed(value, 4))" }
        text += ", \(fixed(epoch.seconds, 1)) s"
        if let map = epoch.averageMap { text += ", average mAP \(fixed(100 * map, 2)) %" }
        return text
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        value.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return encoder
    }()

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()

    private func append(_ data: Data, to path: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            try run.write(data, to: path)
            return
        }
        do {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seekToEnd()
            try file.write(contentsOf: data)
        } catch {
            throw LocalizationError.runFolder(path: run.path, problem: "'\(path)' cannot be written; is the disk full?")
        }
    }
}
