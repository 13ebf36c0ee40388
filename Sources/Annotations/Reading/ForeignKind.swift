/// Names what a file is that holds no annotations of segments, and the way out.
enum ForeignKind {
    private static let signatures: [(bytes: [UInt8], kind: String)] = [
        ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, not annotations or predictions; features are given apart from them"),
        (
            [0x93] + Array("NUMPY".utf8),
            "a numpy array, not annotations or predictions; features are given apart from them"
        ),
        (
            Array("PK\u{3}\u{4}".utf8),
            "a zip archive (a spreadsheet such as xlsx or ods is one); save the sheet as csv, or unpack the archive"
        ),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel or Word file; save the sheet as csv"),
        (Array("%PDF".utf8), "a PDF; annotations are text"),
        (Array("SQLite format 3".utf8), "a database of SQLite; export its table as csv"),
        (Array("PAR1".utf8), "a Parquet table; save it as csv"),
        (Array("MATLAB 5.0".utf8), "a MATLAB file; save the segments as csv"),
        ([0x1F, 0x8B], "compressed twice; decompress it once"), ([0x89, 0x50, 0x4E, 0x47], "a picture"),
        ([0xFF, 0xD8, 0xFF], "a picture"), (Array("GIF8".utf8), "a picture"),
        (Array("RIFF".utf8), "a video or sound file, not annotations or predictions"),
        ([0x1A, 0x45, 0xDF, 0xA3], "a video, not annotations or predictions"),
        (Array("OggS".utf8), "a video or sound file, not annotations or predictions"),
        (
            Array("version https://git-lfs".utf8),
            "a pointer of Git LFS instead of the file; fetch the file with 'git lfs pull'"
        ),
    ]

    /// Whether the file begins with the mark of a kind.
    static func isMarked(_ file: SourceFile) -> Bool { signatures.contains { file.start.starts(with: $0.bytes) } }

    /// - Returns: nil for what may be annotations.
    static func of(_ file: SourceFile) -> String? {
        let start = file.start
        if start.isEmpty { return "the file is empty" }
        if let found = signatures.first(where: { start.starts(with: $0.bytes) }) { return found.kind }
        if start.count > 12, start[4..<8].elementsEqual(Array("ftyp".utf8)) {
            return "a video, not annotations or predictions"
        }
        // A pickle is read where its content is known; see the last formats.
        if start[0] == 0x80, start.count > 1, start[1] <= 5 { return nil }
        guard let text = file.startText else {
            return start.contains(0)
                ? "binary data of an unknown kind, not annotations or predictions"
                : "text that is not UTF-8; save the file as UTF-8"
        }
        let head = text.prefix(2000).lowercased()
        if head.contains("<!doctype html") || head.contains("<html") {
            return "a web page, not annotations or predictions; the download may have gone wrong"
        }
        if text.contains("<annotations>"), file.sketch.top == .other, text.contains("<image "),
            !text.contains("<track ")
        {
            return "CVAT boxes of pictures; export the task as 'CVAT for video 1.1'"
        }
        if text.hasPrefix("<annotation>") { return "boxes in one picture (Pascal VOC); segments in time are wanted" }
        if text.hasPrefix("[Script Info]") || text.prefixMatch(of: /\{\d+\}\{\d+\}/) != nil
            || text.prefixMatch(of: /\d+:\d\d:\d\d\.\d+,\d+:\d\d:\d\d\.\d+\r?\n/) != nil
        {
            return "subtitles of a kind that is not read; 'ffmpeg -i FILE out.srt' turns them into SubRip"
        }
        return ofJSON(file.sketch)
    }

    private static func ofJSON(_ sketch: JSONSketch) -> String? {
        if sketch.has("images", "categories") {
            return "boxes or masks in pictures (COCO); segments in time are wanted"
        }
        if sketch.has("shapes", "imagePath") {
            return "shapes in one picture (LabelMe, X-AnyLabeling); segments in time are wanted"
        }
        if sketch.has("_via_settings") || sketch.has("_via_img_metadata") {
            return
                "a project of VIA 2, which labels regions of pictures; segments come from VIA 3 (the video annotator)"
        }
        return nil
    }
}
