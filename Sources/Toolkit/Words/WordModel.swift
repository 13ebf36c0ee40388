import Configuration
import Encoders
import Extraction
import Features
import Files
import Foundation
import SViLM
import Tensors

/// A model with one space for videos and words: an S-ViLM, or a CLIP or SigLIP as its authors published it.
protocol WordModel: Sendable {
    /// Where it lies, for errors.
    var path: String { get }
    /// SHA-256 of its weights, as features of it say it.
    var digest: String { get }

    /// Texts in the common space, `[texts, common]`, rows of length 1.
    func embed(_ texts: [String]) throws -> Tensor

    /// What to say about words that the model does not know; nil where it can spell any.
    ///
    /// - Throws: ``ToolkitError/unknownWords(model:words:)`` where it knows none of them.
    func notice(_ texts: [String]) throws -> Notice?

    /// How probable each text is when it is one of them, by the scale that the model was trained with.
    ///
    /// - Parameter similarities: cosines `[videos, texts]`.
    /// - Returns: the same shape, rows adding up to 1.
    func probabilities(_ similarities: Tensor) -> Tensor

    /// Refuses features that are not of this model, or not in the common space.
    ///
    /// - Parameter features: what they are called.
    func check(_ origin: FeatureOrigin, features: String) throws

    /// Snippets in the common space.
    ///
    /// - Parameter features: `[time, channels]` that ``check(_:features:)`` let pass, or of unknown origin.
    /// - Returns: `[time, common]`, rows of length 1.
    func snippetVectors(_ features: Tensor) throws -> Tensor

    /// The model's encoder of videos.
    func makeEncoder(_ precision: ComputePrecision) throws -> any SnippetEncoder
}

extension WordModel {
    /// The labels of prompts in the common space: the mean of their sentences' vectors, `[labels, common]`, rows of length 1.
    func embed(_ prompts: LabelPrompts) throws -> Tensor {
        let vectors = try embed(prompts.labels.flatMap(prompts.sentences))
        return vectors.reshaped([prompts.labels.count, prompts.templates.count, vectors.shape[1]]).mean(axes: [1])
            .l2Normalized()
    }
}

/// Finds the words of a model.
enum WordModels {
    /// Reads a model.
    ///
    /// - Parameters:
    ///   - model: the folder of an S-ViLM or its `encoder.yaml`, the folder of a published model, or the name of one.
    ///   - weights: the weight file of a named model, or a folder with it.
    ///   - rules: the protocol of a published model, by name or file; its usual one where nil.
    /// - Throws: what reading the files throws, each error naming the file.
    static func load(_ model: String, weights: String? = nil, rules: String? = nil) throws -> any WordModel {
        // The text encoder of an S-ViLM lies beside its weights, which need not lie beside the configuration.
        if let folder = weights.flatMap(languageFolder) ?? languageFolder(model) {
            return SViLMWords(try VideoLanguageModel.load(from: folder), path: folder)
        }
        let file: String, configuration: String?
        if let weights {
            let folder = PathKind(weights) == .folder ? try EncoderFolder(weights) : nil
            file = folder?.weights ?? weights
            configuration = folder == nil ? EncoderFolder.configuration(beside: weights) : folder?.configuration
        } else if let folder = try EncoderSettings.folder(meantBy: model) {
            (file, configuration) = (folder.weights, folder.configuration)
        } else if PathKind(model) == .file {
            throw ToolkitError.noWords(
                model: model,
                problem: "no text encoder lies beside it; expected text.yaml, text.safetensors and vocabulary.txt")
        } else {
            let entry = model.contains("/") ? nil : try EncoderCatalogue.entry(named: model)
            guard let entry else { throw FileError.missing(path: model) }
            throw ExtractionError.missingWeights(encoder: model, source: entry.weights)
        }
        return PublishedWords(
            words: try WordEncoder(weights: file, configuration: configuration),
            path: weights ?? model, encoder: model, weights: weights, rules: rules)
    }

    /// The words that a run folder keeps; nil where it keeps none.
    static func load(run: RunFiles) throws -> (any WordModel)? {
        if languageFolder(run.folder) != nil { return try load(run.folder) }
        guard let weights = run.weights, try EncoderSettings.isPublished(run.encoder), run.holdsTokenizer else {
            return nil
        }
        return try load(run.encoder, weights: weights)
    }

    /// The files of a run that its words are read from.
    struct RunFiles {
        var folder: String
        var encoder: String
        var weights: String?

        var holdsTokenizer: Bool {
            WordEncoder.tokenizerFiles.contains {
                FileManager.default.fileExists(atPath: (folder as NSString).appendingPathComponent($0))
            }
        }
    }

    /// The folder of an S-ViLM with its text encoder that a path names: itself, or the file of its configuration or weights.
    private static func languageFolder(_ path: String) -> String? {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists else { return nil }
        let folder = isFolder.boolValue ? path : DurableFile.folder(of: path)
        let file = (folder as NSString).appendingPathComponent(VideoLanguageModel.FileName.textConfiguration)
        return FileManager.default.fileExists(atPath: file) ? folder : nil
    }
}
