import Files
import Foundation
import Tensors

/// `eval_results.pkl` of ActionFormer and TriDet: columns `video-id`, `t-start`, `t-end`, `label` and `score` of equal length. Labels are
/// numbers. Nothing in the pickle is run.
extension AnnotationFormat {
    static let actionFormerPickle = AnnotationFormat(
        name: "actionformer-pkl", title: "results of ActionFormer (.pkl)",
        recognizes: { $0.start.count > 2 && $0.start[0] == 0x80 && (2...5).contains($0.start[1]) },
        read: ActionFormerPickle.read)
}

private enum ActionFormerPickle {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let content: PickleValue
        do {
            content = try SavedFile(pickle: Data(file.bytes()), path: file.path).content
        } catch let error as TensorFileError {
            throw FileErrorKind.malformed(file, problem(error))
        }
        guard case .dictionary(let members) = content else {
            throw FileErrorKind.malformed(file, "a pickle that is no dictionary of columns")
        }
        guard let names = texts(content["video-id"]) else {
            let keys = members.prefix(6).compactMap { if case .string(let key) = $0.key { key } else { nil } }
            throw FileErrorKind.malformed(
                file,
                "a pickle without 'video-id'; it has \(keys.isEmpty ? "no named columns" : keys.joined(separator: ", "))"
            )
        }
        func column(_ key: String) throws -> [Double] {
            guard let values = numbers(content[key]) else {
                throw FileErrorKind.malformed(file, "a pickle without a column '\(key)' of numbers")
            }
            guard values.count == names.count else {
                throw FileErrorKind.malformed(
                    file, "column '\(key)' has \(values.count) values and 'video-id' has \(names.count)")
            }
            return values
        }
        let starts = try column("t-start"), ends = try column("t-end"), scores = try column("score")
        let labels = try texts(content["label"]) ?? column("label").map(JSONTree.text)
        guard labels.count == names.count else {
            throw FileErrorKind.malformed(
                file, "column 'label' has \(labels.count) values and 'video-id' has \(names.count)")
        }
        var collector = VideoCollector()
        for row in names.indices {
            let index = collector.index(of: names[row])
            collector.add(starts[row], ends[row], labels[row], to: index, score: scores[row])
        }
        return collector.set(.actionFormerPickle)
    }

    private static func texts(_ value: PickleValue?) -> [String]? {
        guard case .list(let items)? = value else { return nil }
        let texts = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
        return texts.count == items.count ? texts : nil
    }

    private static func numbers(_ value: PickleValue?) -> [Double]? {
        switch value {
        case .array(let array)? where array.shape.count == 1: return array.tensor.elements.map { Double($0) }
        case .list(let items)?:
            let numbers: [Double] = items.compactMap {
                switch $0 {
                case .number(let number): number
                case .integer(let number): Double(number)
                default: nil
                }
            }
            return numbers.count == items.count ? numbers : nil
        default: return nil
        }
    }

    private static func problem(_ error: TensorFileError) -> String {
        switch error {
        case .refused(_, let reason): "a pickle that \(reason); nothing in it was run"
        case .malformed(_, let reason): "a pickle that is damaged: \(reason)"
        case .missingTensor, .unsupportedType: "\(error)"
        }
    }
}
