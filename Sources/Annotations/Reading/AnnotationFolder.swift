import Files
import Foundation

/// Folders and archives of annotation files: a file a video, or a file a class (THUMOS14).
enum AnnotationFolder {
    private static let mostFiles = 1_000_000

    static func read(_ path: String, _ options: ReadingOptions) throws -> AnnotationSet {
        // Breakfast keeps its label files in a folder beside mapping and splits.
        let inner = path + "/groundTruth"
        var isFolder: ObjCBool = false
        let root = FileManager.default.fileExists(atPath: inner, isDirectory: &isFolder) && isFolder.boolValue ? inner : path
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: root) else {
            throw FileError.unreadable(path: root, reason: "the folder cannot be listed")
        }
        var files: [SourceFile] = []
        for name in names.sorted() where isWanted(name) {
            let full = root + "/" + name
            // Only regular files: a pipe would wait for ever.
            let type = try? FileManager.default.attributesOfItem(atPath: (full as NSString).resolvingSymlinksInPath)[.type]
            guard type as? FileAttributeType == .typeRegular else { continue }
            files.append(try SourceFile(path: full))
            guard files.count <= mostFiles else { throw FileError.malformed(path: path, problem: "more than \(mostFiles) files") }
        }
        return try read(files, path, options)
    }

    /// - Parameter members: of an archive.
    static func read(members: [(name: String, bytes: [UInt8])], _ path: String, _ options: ReadingOptions) throws -> AnnotationSet {
        let labels = members.filter { $0.name.contains("groundTruth/") }
        let chosen = labels.isEmpty ? members : labels
        let files = try chosen.filter { isWanted(($0.name as NSString).lastPathComponent) }
            .map { try SourceFile(bytes: $0.bytes, path: "\(path)/\($0.name)") }
        return try read(files, path, options)
    }

    private static func isWanted(_ name: String) -> Bool {
        let lower = name.lowercased()
        guard !lower.hasPrefix("."), !lower.hasPrefix("readme"), !lower.hasPrefix("license"), !lower.hasPrefix("mapping") else { return false }
        let plain = lower.hasSuffix(".gz") ? String(lower.dropLast(3)) : lower
        return ["txt", "csv", "tsv", "json", "jsonl", "eaf", "xml", "srt", "vtt", "textgrid", "boris", "dat", "ctm", "pfsx"]
            .contains((plain as NSString).pathExtension) && !plain.hasSuffix(".pfsx")
    }

    private static func read(_ files: [SourceFile], _ path: String, _ options: ReadingOptions) throws -> AnnotationSet {
        guard !files.isEmpty else { throw FileError.malformed(path: path, problem: "no file of annotations in this folder") }
        if options.format == nil || options.format?.name == AnnotationFormat.thumosFolder.name,
            files.allSatisfy({ AnnotationFormat.thumosFolder.recognizes($0) })
        {
            var collector = VideoCollector()
            for file in files { try THUMOSText.read(file, into: &collector) }
            return collector.set(.thumosFolder)
        }
        var parts: [(path: String, set: AnnotationSet)] = []
        var format = options.format
        for file in files {
            if format == nil { format = try AnnotationReader.recognized(file) }
            var fileOptions = options
            // All files of a folder are of one kind; a short one may not show it.
            fileOptions.format = format
            parts.append((file.path, try AnnotationReader.read(file, fileOptions)))
        }
        return AnnotationSet.merged(parts)
    }
}
