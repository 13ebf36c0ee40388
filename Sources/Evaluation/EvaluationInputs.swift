public import Annotations
import Files
import Foundation

/// The files and the rule of an evaluation. Its JSON keeps them, so that it can be repeated.
public struct EvaluationInputs: Codable, Hashable, Sendable {
    /// Files of annotations; several are one set, as `AnnotationSet.reading` joins them.
    public var groundTruth: [String]
    /// Files of predictions; several are one set.
    public var predictions: [String]
    /// The name of a protocol, or its file.
    public var protocolName: String
    /// Replaces the protocol's subset.
    public var subset: String?
    /// A table with durations or subsets of the videos; see `AnnotationSet.completed(byTable:)`.
    public var videoTable: String?

    enum CodingKeys: String, CodingKey {
        case groundTruth = "ground_truth", predictions, protocolName = "protocol", subset, videoTable = "video_table"
    }

    public init(
        groundTruth: [String], predictions: [String], protocolName: String, subset: String? = nil,
        videoTable: String? = nil
    ) {
        self.groundTruth = groundTruth
        self.predictions = predictions
        self.protocolName = protocolName
        self.subset = subset
        self.videoTable = videoTable
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func paths(_ key: CodingKeys) throws -> [String] {
            if let one = try? values.decode(String.self, forKey: key) { return [one] }
            return try values.decode([String].self, forKey: key)
        }
        groundTruth = try paths(.groundTruth)
        predictions = try paths(.predictions)
        protocolName = try values.decode(String.self, forKey: .protocolName)
        subset = try values.decodeIfPresent(String.self, forKey: .subset)
        videoTable = try values.decodeIfPresent(String.self, forKey: .videoTable)
    }

    /// The inputs that the JSON of an evaluation names; nil when the file is no such JSON.
    public static func recorded(in path: String) -> EvaluationInputs? {
        struct Record: Decodable {
            var inputs: EvaluationInputs
        }
        // Detections may be huge and are never needed here.
        let limit = 1 << 26
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int, size <= limit,
            let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return (try? JSONDecoder().decode(Record.self, from: data))?.inputs
    }

    /// The protocol.
    public func settings() throws -> EvaluationProtocol { try .named(protocolName) }

    /// The ground truth as the protocol sees it.
    public func annotations() throws -> AnnotationSet {
        let settings = try settings()
        let annotations = try AnnotationSet.reading(
            groundTruth,
            ReadingOptions(framesPerSecond: settings.frameRate, labelField: settings.labelField ?? .action))
        guard let videoTable else { return annotations }
        return try annotations.completed(byTable: videoTable)
    }

    /// The same with absolute paths.
    public var absolute: EvaluationInputs {
        func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
        var result = self
        result.groundTruth = groundTruth.map { argument in
            let (subset, truth) = AnnotationSet.subsetAndPath(argument)
            return (subset.map { "\($0)=" } ?? "") + absolute(truth)
        }
        result.predictions = predictions.map(absolute)
        result.videoTable = videoTable.map(absolute)
        if PathKind(protocolName) == .file {
            result.protocolName = absolute(protocolName)
        }
        return result
    }

    var json: JSONValue {
        // One file is a string, as it was before there could be several.
        func paths(_ names: [String]) -> JSONValue {
            names.count == 1 ? .string(names[0]) : .array(names.map { .string($0) })
        }
        let members: [(String, JSONValue?)] = [
            ("ground_truth", paths(groundTruth)), ("predictions", paths(predictions)),
            ("protocol", .string(protocolName)), ("subset", subset.map { .string($0) }),
            ("video_table", videoTable.map { .string($0) }),
        ]
        return .object(members.compactMap { key, value in value.map { (key, $0) } })
    }
}
