import Files
import Foundation

/// Folders and archives of annotation files: a file a video, or a file a class (THUMOS14).
enum AnnotationFolder {
    private static let mostFiles = 1_000_000

    static func read(_ path: String, _ options: ReadingOptions) throws -> AnnotationSet {
        // Breakfast keeps its label files in a folder beside mapping and splits.
        let inner = path + "/groundTruth"
        var isFolder: ObjCBool = false
        let root =
            FileManager.default.fileExists(atPath: inner, isDirectory: &isFolder) && isFolder.boolValue ? inner : path
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: root) else {
            throw FileError.unreadable(path: root, reason: "the folder cannot be listed")
        }
        var files: [String] = []
        // Results of MS-TCN have no extension; elsewhere such a file is none of annotations.
        let known = names.filter(isWanted)
        let chosen = known.isEmpty ? names.filter { !$0.contains(".") } : known
        for name in chosen.sorted() {
            let full = root + "/" + name
            // Only regular files: a pipe would wait for ever.
            let type = try? FileManager.default.attributesOfItem(atPath: (full as NSString).resolvingSymlinksInPath)[
                .type]
            guard type as? FileAttributeType == .typeRegular else { continue }
            files.append(full)
            guard files.count <= mostFiles else {
                throw FileError.malformed(path: path, problem: "more than \(mostFiles) files")
            }
        }
        return try read(files.count, { try SourceFile(path: files[$0]) }, path, options)
    }

    /// - Parameter members: of an archive.
    static func read(members: [(name: String, bytes: [UInt8])], _ path: String, _ options: ReadingOptions) throws
        -> AnnotationSet
    {
        let labels = members.filter { $0.name.contains("groundTruth/") }
        let chosen = labels.isEmpty ? members : labels
        let files = chosen.filter { isWanted(($0.name as NSString).lastPathComponent) }
        return try read(
            files.count, { try SourceFile(bytes: files[$0].bytes, path: "\(path)/\(files[$0].name)") }, path, options)
    }

    private static func isWanted(_ name: String) -> Bool {
        let lower = name.lowercased()
        guard !lower.hasPrefix("."), !lower.hasPrefix("readme"), !lower.hasPrefix("license"),
            !lower.hasPrefix("mapping")
        else { return false }
        let plain = lower.hasSuffix(".gz") ? String(lower.dropLast(3)) : lower
        return [
            "txt", "csv", "tsv", "json", "jsonl", "eaf", "xml", "srt", "vtt", "textgrid", "boris", "dat", "ctm", "pfsx",
        ]
        .contains((plain as NSString).pathExtension) && !plain.hasSuffix(".pfsx")
    }

    /// - Parameter file: opens one of the files; they are held one at a time.
    private static func read(
        _ count: Int, _ file: (Int) throws -> SourceFile, _ path: String, _ options: ReadingOptions
    ) throws -> AnnotationSet {
        guard count > 0 else { throw FileError.malformed(path: path, problem: "no file of annotations in this folder") }
        // All files of a folder are of one kind, which the first shows; a short one may not show it.
        let first = try file(0)
        let format = try options.format ?? AnnotationReader.recognized(first)
        if format.name == AnnotationFormat.thumosFolder.name {
            var collector = VideoCollector()
            for index in 0..<count { try THUMOSText.read(file(index), into: &collector) }
            return try AnnotationReader.settled(collector.set(.thumosFolder), path, options)
        }
        var options = options
        options.format = format
        return AnnotationSet.merged(
            try (0..<count).map { index in
                let opened = index == 0 ? first : try file(index)
                return (opened.path, try AnnotationReader.readPart(opened, options))
            })
    }
}
