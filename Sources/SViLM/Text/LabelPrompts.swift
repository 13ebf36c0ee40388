import Files
import Foundation
public import Tensors

/// Labels in words, and the sentences that stand for each.
public struct LabelPrompts: Hashable, Sendable {
    public let labels: [String]
    /// Sentences with `{}` where the label goes.
    public let templates: [String]

    /// - Parameters:
    ///   - text: labels with a semicolon between them, or `@FILE` with one on each line. Repeated labels count once.
    ///   - templates: sentences with `{}` where the label goes.
    /// - Throws: ``SViLMError``
    public init(_ text: String, templates: [String] = ["{}"]) throws {
        var parts: [String]
        if text.hasPrefix("@") {
            let path = String(text.dropFirst())
            parts = TextLines.split(try TextFile.read(path)).map(String.init)
        } else {
            parts = text.split(separator: ";").map(String.init)
        }
        parts = parts.map { $0.trimmingCharacters(in: .whitespaces) }
        var seen: Set<String> = []
        labels = parts.filter { !$0.isEmpty && seen.insert($0).inserted }
        guard !labels.isEmpty else {
            throw SViLMError.unfit(
                setting: "the labels '\(text)'",
                problem: "name nothing; give \"a circle spins; a square blinks\" or @FILE with a label on each line")
        }
        guard !templates.isEmpty, templates.allSatisfy({ $0.contains("{}") }) else {
            throw SViLMError.unfit(setting: "a template", problem: "must contain {} where the label goes")
        }
        self.templates = templates
    }

    /// The sentences of one label.
    public func sentences(for label: String) -> [String] {
        templates.map { $0.replacingOccurrences(of: "{}", with: label) }
    }

    /// The labels in the space shared with video: the mean of their sentences' vectors of length 1.
    ///
    /// - Returns: `[labels, common]`, rows of length 1.
    public func vectors(by model: VideoLanguageModel) -> Tensor {
        let vectors = model.embed(labels.flatMap(sentences))
        return vectors.reshaped([labels.count, templates.count, vectors.shape[1]]).mean(axes: [1]).l2Normalized()
    }
}
