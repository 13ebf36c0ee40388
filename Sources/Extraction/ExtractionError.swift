/// What can go wrong with an extraction, apart from what videos, files and stores say themselves.
public enum ExtractionError: Error, Equatable, CustomStringConvertible {
    /// A folder holds no file that looks like a video.
    case noVideos(folder: String)
    /// A folder holds folders of pictures, and it is not known how many pictures make a second.
    case unknownPictureRate(folder: String, count: Int, example: String)
    /// Several inputs would be kept under one id.
    case sharedID(id: String, paths: [String])
    /// A store has features under this id that were made from another file.
    case otherSource(id: String, path: String)
    /// Weights were given for an encoder that has none.
    case needlessWeights(configuration: String)
    /// The encoder does not support the requested precision.
    case fixedPrecision(configuration: String, precision: String)
    /// A published encoder was named without its weights; `source` says where they are.
    case missingWeights(encoder: String, source: String?)
    /// A protocol was given for an encoder whose configuration says all that one would.
    case needlessProtocol(configuration: String)
    /// A protocol that is neither known by name nor a file.
    case unknownProtocol(name: String, known: [String])

    public var description: String {
        switch self {
        case .noVideos(let folder):
            "\(folder): holds no video (files ending in \(VideoInputs.extensions.sorted().joined(separator: ", ")))"
        case .unknownPictureRate(let folder, let count, let example):
            "\(folder): holds no video, but \(count == 1 ? "a folder" : "\(count) folders") of pictures (\(example));"
                + " pictures do not say how many of them are shown in a second"
        case .sharedID(let id, let paths):
            "\(paths.first ?? ""): would share the id '\(id)' with \(Self.list(paths.dropFirst())); none of them was used:"
                + " rename all but one, leave some out, or give the folder above them"
        case .otherSource(let id, let path):
            "\(path): the store has features of '\(id)' that were made from another file; they were kept"
        case .needlessWeights(let configuration):
            "\(configuration): this encoder has no weights, so none can be given"
        case .missingWeights(let encoder, let source):
            "\(encoder): its weights are needed" + (source.map { "; they are at \($0)" } ?? "")
        case .needlessProtocol(let configuration):
            "\(configuration): this encoder is set by its configuration and takes no protocol"
        case .unknownProtocol(let name, let known):
            "'\(name)' is neither a protocol nor a file; known are \(known.joined(separator: ", "))"
        case .fixedPrecision(let configuration, let precision):
            "\(configuration): this encoder does not support \(precision); it computes in float32"
        }
    }

    private static func list(_ paths: ArraySlice<String>) -> String {
        paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
    }
}
