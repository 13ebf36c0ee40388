import Files
import Foundation

extension AnnotationSet {
    /// Reads several files as one set.
    ///
    /// - Parameters:
    ///   - arguments: paths; `NAME=PATH` says that all videos of a file belong to the subset NAME. Of several files that name no subsets, one whose
    ///     own name says train, val or test is taken at its word.
    ///   - options: for every file.
    ///   - acceptsPredictions: whether results are read too, as annotations with scores.
    /// - Throws: as ``init(contentsOf:labelField:)``.
    public static func reading(
        _ arguments: [String], _ options: ReadingOptions = ReadingOptions(), acceptsPredictions: Bool = false
    ) throws -> AnnotationSet {
        var parts: [(path: String, set: AnnotationSet)] = []
        for argument in arguments {
            let (subset, path) = subsetAndPath(argument)
            var set =
                acceptsPredictions
                ? try AnnotationReader.read(path, options) : try AnnotationSet(contentsOf: path, options)
            let isNameless = set.videos.allSatisfy(\.subset.isEmpty)
            let inferred =
                arguments.count > 1 && isNameless ? SubsetName.mentioned(in: (path as NSString).lastPathComponent) : nil
            if let name = subset ?? inferred {
                for index in set.videos.indices { set.videos[index].subset = name }
            }
            parts.append((path, set))
        }
        return merged(parts)
    }

    /// `NAME=PATH` apart, unless a file has that whole name.
    package static func subsetAndPath(_ argument: String) -> (subset: String?, path: String) {
        guard let mark = argument.firstIndex(of: "="), mark != argument.startIndex,
            argument[..<mark].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }),
            !FileManager.default.fileExists(atPath: argument)
        else { return (nil, argument) }
        return (String(argument[..<mark]), String(argument[argument.index(after: mark)...]))
    }
}
