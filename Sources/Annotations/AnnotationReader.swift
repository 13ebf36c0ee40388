import Files
import Foundation

/// Finds out what a file or folder is and reads it.
enum AnnotationReader {
    /// Reads a file, a folder or an archive (tar, gzip).
    static func read(_ path: String, _ options: ReadingOptions) throws -> AnnotationSet {
        var isFolder: ObjCBool = false
        guard
            FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || path == ByteSource.standardInput
        else {
            throw FileError.missing(path: path)
        }
        if isFolder.boolValue { return try usable(AnnotationFolder.read(path, options), path) }
        let file = try SourceFile(path: path)
        if TarArchive.isArchive(file.start) {
            return try usable(AnnotationFolder.read(members: TarArchive.members(file), path, options), path)
        }
        return try read(file, options)
    }

    /// Reads an opened file.
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        try usable(readPart(file, options), file.path)
    }

    /// Reads an opened file that may be one of several, so that nothing usable in it need not be a fault.
    static func readPart(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let format = try options.format ?? recognized(file)
        guard let read = format.read else {
            throw FileError.malformed(path: file.path, problem: "\(format.title) is written but not read")
        }
        return try settled(read(file, options), file.path, options)
    }

    /// The format of a file by its content.
    ///
    /// - Throws: `FileError`, which says what the file looks like.
    static func recognized(
        _ file: SourceFile, among formats: [AnnotationFormat] = AnnotationFormat.all
    ) throws -> AnnotationFormat {
        if let kind = ForeignKind.of(file) { throw FileError.malformed(path: file.path, problem: kind) }
        if let format = formats.first(where: { $0.recognizes(file) }) { return format }
        guard let first = file.startLines.first(where: { !TextDecoding.trimmed($0).isEmpty }) else {
            throw FileError.malformed(path: file.path, problem: "the file is empty")
        }
        let isTable = first.contains { [",", ";", "\t", "|"].contains($0) } && file.sketch.top == .other
        // A table that is broken says where.
        if isTable, file.isWhole { _ = try TableText.table(file.start, path: file.path, delimiter: nil) }
        throw FileError.malformed(
            path: file.path,
            problem: "not annotations of a known format (it begins with '\(first.prefix(60))'); "
                + (isTable ? "a table needs columns such as video, start, end, label; " : "")
                + "formats that are read: "
                + formats.filter(\.isRead).map(\.name).joined(separator: ", "))
    }

    /// The whole of what was read.
    ///
    /// - Throws: `FileError` where it has entries and not one of them can be understood.
    private static func usable(_ set: AnnotationSet, _ path: String) throws -> AnnotationSet {
        var set = set
        set.oddities = Oddity.joined(set.oddities + nearNames(of: set))
        let unusable = set.oddities.filter { [.unusableEntry, .nonFiniteTime].contains($0.kind) }
        guard set.segmentCount == 0, !unusable.isEmpty, !set.oddities.contains(where: \.kind.isUnderstoodEntry) else {
            return set
        }
        let examples = unusable.flatMap(\.examples).prefix(3).joined(separator: ", ")
        throw FileError.malformed(
            path: path,
            problem:
                "none of its \(unusable.reduce(0) { $0 + $1.count }) entries has a label and two times that are understood "
                + "(\(examples))")
    }

    /// Composes ids, settles the unit of times, and counts what shows only when a whole file is known.
    ///
    /// - Parameter path: the file, for errors.
    static func settled(_ set: AnnotationSet, _ path: String, _ options: ReadingOptions) throws -> AnnotationSet {
        var set = set
        for index in set.videos.indices { set.videos[index].id = VideoID.composed(set.videos[index].id) }
        if let unit = options.unit, unit != .seconds, set.layout?.settlesUnit != true {
            for index in set.videos.indices {
                let scale =
                    try unit.scale
                    ?? 1
                    / options.rate(set.videos[index].framesPerSecond, ofPath: path, "times are numbers of frames")
                for item in set.videos[index].segments.indices {
                    set.videos[index].segments[item].segment.start *= scale
                    set.videos[index].segments[item].segment.end *= scale
                }
            }
            set.oddities = Oddity.joined(
                set.oddities.filter { $0.kind != .endPastDuration } + VideoCollector.endsPastDuration(of: set.videos))
        }
        // Where nearly all ends lie far past their videos, or all in their first second, the times are not in seconds.
        var known = 0, far: [String] = [], near: [String] = []
        for video in set.videos {
            guard let duration = video.duration else { continue }
            for item in video.segments {
                known += 1
                if item.segment.end > 2 * duration { far.append(video.id) }
                if item.segment.end <= 1, duration > 10 { near.append(video.id) }
            }
        }
        if known >= 5, near.count == known {
            var tally = OddityTally()
            for id in near { tally.add(.smallUnit, at: id) }
            set.oddities += tally.oddities
        }
        if known > 0, far.count * 10 >= known * 9 {
            var tally = OddityTally()
            for id in far { tally.add(.largeUnit, at: id) }
            set.oddities += tally.oddities
        }
        return set
    }

    /// Labels, and ids of videos, that are nearly the same and are probably meant to be.
    private static func nearNames(of set: AnnotationSet) -> [Oddity] {
        var tally = OddityTally()
        func compare(_ names: some Sequence<String>, _ kind: Oddity.Kind) {
            var known: [String: String] = [:]
            for name in names {
                let key = TextDecoding.trimmed(name).lowercased()
                if let other = known[key] {
                    if other != name { tally.add(kind, at: "'\(other)' and '\(name)'") }
                } else {
                    known[key] = name
                }
            }
        }
        compare(set.labels, .nearLabel)
        compare(set.videos.lazy.map(\.id), .nearVideo)
        return tally.oddities
    }
}
