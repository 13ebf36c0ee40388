import Files
import Foundation
public import Tensors
import Threads

/// The words of a CLIP, SigLIP or SigLIP 2: its tokenizer and its text tower, read from the files beside its weights.
public struct WordEncoder: Sendable {
    /// The family, `CLIP` or `SigLIP`.
    public let family: String
    /// What an image feature must be to lie in the space of texts, as `VisionTransformer.Feature` names it.
    public let imageFeature: String
    public let tower: TextTower
    /// SHA-256 of the weights, as features of the same file carry it.
    public let digest: String
    private let cut: @Sendable (String) -> [Int]

    /// Files that a tokenizer is read from, as they are called in a snapshot.
    public static let tokenizerFiles = mergesNames + sigLIPNames
    private static let mergesNames = ["merges.txt", "bpe_simple_vocab_16e6.txt.gz", "merges.txt.gz"]
    private static let sigLIPNames = ["tokenizer.json", "spiece.model"]

    /// Reads the text side of a weight file.
    ///
    /// - Parameters:
    ///   - weights: the file, or the index of its parts; the tokenizer lies beside it.
    ///   - configuration: the model's own configuration, where there is one.
    /// - Throws: ``EncoderError``, `FileError` or `TensorFileError`.
    public init(weights: String, configuration: String?) throws {
        let file = try PublishedFile(path: weights)
        let model = try configuration.map(ModelConfiguration.init(path:)) ?? .none
        let (family, _) = try PublishedEncoder.settings(of: file, configuration: model)
        guard family == "CLIP" || family == "SigLIP", let tower = try TextTower(file, configuration: model) else {
            let reason = family == "CLIP" || family == "SigLIP" ? "the text tower is not in this file" : "no words"
            throw EncoderError.unfitInput(
                encoder: weights,
                problem: "holds \(family), \(reason); expected a CLIP or SigLIP with its text tower")
        }
        let isCLIP = family == "CLIP"
        let names = isCLIP ? Self.mergesNames : Self.sigLIPNames
        let folder = DurableFile.parent(of: weights) as NSString
        let path = names.map { folder.appendingPathComponent($0) }
            .first { FileManager.default.fileExists(atPath: $0) }
        guard let path else {
            throw EncoderError.unfitInput(
                encoder: weights,
                problem:
                    "the tokenizer of its text tower is missing; expected \(names.joined(separator: " or ")) beside it")
        }
        let length = tower.context, known: Int
        if isCLIP {
            let tokenizer = try CLIPTokenizer(merges: path)
            known = tokenizer.count
            cut = { tokenizer.encode($0, maximumLength: length) }
        } else {
            let tokenizer = try SigLIPTokenizer(path: path)
            known = tokenizer.count
            cut = { tokenizer.encode($0, length: length) }
        }
        guard known <= tower.vocabulary else {
            throw EncoderError.configuration(
                file: path, problem: "knows \(known) pieces; the text tower of \(weights) knows \(tower.vocabulary)")
        }
        self.family = family
        self.tower = tower
        imageFeature = (isCLIP ? VisionTransformer.Feature.imageEmbeds : .pooled).rawValue
        digest = try file.digest()
    }

    /// The numbers of a text's pieces as the tower takes them.
    public func pieces(_ text: String) -> [Int] { cut(text) }

    /// Texts in the space shared with pictures, `[texts, channels]`, rows of length 1.
    ///
    /// - Throws: ``EncoderError``
    public func embed(_ texts: [String]) throws -> Tensor {
        let rows = Parallel.map(texts.count) { index in Result { try tower(cut(texts[index])) } }
        return Tensor.concatenated(try rows.map { try $0.get() }, axis: 0).l2Normalized()
    }
}
