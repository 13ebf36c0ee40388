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
        let parts = text.hasPrefix("@") ? try Self.parts(text) : text.split(separator: ";").map(String.init)
        try self.init(parts, of: text, templates: templates)
    }

    /// Labels one by one; `@FILE` stands for the lines of a file. Repeated labels count once.
    ///
    /// - Throws: ``SViLMError`` or `FileError`.
    public init(phrases: [String], templates: [String] = ["{}"]) throws {
        try self.init(phrases.flatMap(Self.parts), of: phrases.joined(separator: "; "), templates: templates)
    }

    /// A text, or the lines of a file.
    private static func parts(_ text: String) throws -> [String] {
        guard text.hasPrefix("@") else { return [text] }
        return TextLines.split(try TextFile.read(String(text.dropFirst()))).map(String.init)
    }

    private init(_ parts: [String], of text: String, templates: [String]) throws(SViLMError) {
        let parts = parts.map { $0.trimmingCharacters(in: .whitespaces) }
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
