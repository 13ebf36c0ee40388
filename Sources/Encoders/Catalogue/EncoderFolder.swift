import Files
import Foundation

/// A folder with a published encoder, such as a Hugging Face snapshot as it is downloaded.
public struct EncoderFolder: Sendable {
    public let path: String
    /// The weights, or the index of their parts.
    public let weights: String
    /// What says of the model what its weights cannot, where there is such a file.
    public let configuration: String?
    /// The merges of CLIP's tokenizer, where they are there.
    public let merges: String?

    /// Names of weight files, the best first.
    private static let weightNames = [
        "model.safetensors", "model.safetensors.index.json", "open_clip_model.safetensors", "pytorch_model.bin",
        "pytorch_model.bin.index.json", "open_clip_pytorch_model.bin", "weights.pth", "weights.pt", "torchscript.pt",
    ]
    private static let weightExtensions: Set<String> = ["safetensors", "pth", "pt", "bin"]
    private static let configurationNames = ["config.json", "open_clip_config.json"]
    private static let processorNames = [
        "video_preprocessor_config.json", "preprocessor_config.json", "processor_config.json",
    ]
    private static let mergesNames = ["merges.txt", "bpe_simple_vocab_16e6.txt.gz", "merges.txt.gz"]

    /// Looks for the files of an encoder.
    ///
    /// - Throws: `FileError` where there is no folder, or no weight file or several that might be meant.
    public init(_ path: String) throws {
        self.path = path
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw exists
                ? FileError.unreadable(path: path, reason: "is no folder that can be listed")
                : FileError.missing(path: path)
        }
        func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }
        let others = names.filter(Self.isWeights)
        if let known = Self.weightNames.first(where: names.contains) {
            weights = file(known)
        } else if others.count == 1 {
            weights = file(others[0])
        } else {
            throw FileError.malformed(
                path: path,
                problem: others.isEmpty
                    ? "holds no weights; expected \(Self.weightNames.joined(separator: ", ")) or one other weight file"
                    : "holds several weight files (\(others.joined(separator: ", "))); name one of them")
        }
        configuration = Self.configurationNames.first(where: names.contains).map(file)
        merges = Self.mergesNames.first(where: names.contains).map(file)
    }

    /// Whether a folder holds weight files of an encoder, one or several. One that holds none only has its name.
    public static func holdsWeights(_ path: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.contains { weightNames.contains($0) || isWeights($0) }
    }

    private static func isWeights(_ name: String) -> Bool {
        weightExtensions.contains((name as NSString).pathExtension)
            && !["inputs.safetensors", "outputs.safetensors", "tables.safetensors"].contains(name)
    }

    /// Names of the files beside a weight file that say how it is used: configuration and tokenizer.
    public static let companions = configurationNames + WordEncoder.tokenizerFiles

    /// The configuration beside a weight file, where there is one.
    public static func configuration(beside weights: String) -> String? { first(configurationNames, beside: weights) }

    /// The configuration in a folder, where there is one.
    static func configuration(in folder: String) -> String? { first(configurationNames, in: folder) }

    /// What says how frames are prepared beside a weight file, where there is such a file.
    public static func processor(beside weights: String) -> String? { first(processorNames, beside: weights) }

    private static func first(_ names: [String], beside weights: String) -> String? {
        first(names, in: DurableFile.parent(of: weights))
    }

    private static func first(_ names: [String], in folder: String) -> String? {
        names.lazy.map { (folder as NSString).appendingPathComponent($0) }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    /// What the configuration says.
    ///
    /// - Throws: `FileError`
    public func readConfiguration() throws -> ModelConfiguration {
        try configuration.map(ModelConfiguration.init(path:)) ?? .none
    }
}
