import Files
import Foundation

/// VIA 3 (https://www.robots.ox.ac.uk/~vgg/software/via/): an entry of `metadata` with two times and no shape is a segment. Its video is a
/// view, which lists files; its label is an attribute, either the text or the number of an option.
extension AnnotationFormat {
    static let via3 = AnnotationFormat(
        name: "via3", title: "VIA 3 project (.json)", fileExtension: "json",
        recognizes: {
            $0.sketch.has("project", "config", "attribute") || $0.sketch.has("metadata", "view", "attribute")
        },
        read: VIA.readProject, write: VIA.write)

    static let via3Table = AnnotationFormat(
        name: "via3-csv", title: "VIA 3 export (.csv)",
        recognizes: { $0.startText?.contains("# CSV_HEADER = ") ?? false },
        read: VIA.readTable)
}

private enum VIA {
    /// The options of each attribute, by the attribute's number.
    private struct Attributes {
        let options: [String: [String: String]]

        init(_ tree: JSONTree?) {
            options = Dictionary(
                (tree?.members ?? []).map { id, attribute in
                    (id, Dictionary((attribute["options"]?.members ?? []).map { ($0.key, $0.value.text ?? "") }) { $1 })
                }
            ) { $1 }
        }

        /// The values of all attributes joined by '+'; several ticked options too.
        func label(_ values: [(key: String, value: JSONTree)]) -> String {
            values.compactMap { id, value -> String? in
                guard let text = value.text, !text.isEmpty else { return nil }
                let known = options[id] ?? [:]
                let names = text.split(separator: ",").map { known[String($0)] ?? String($0) }
                return known[text] ?? (known.isEmpty ? text : names.joined(separator: "+"))
            }.joined(separator: "+")
        }
    }

    static func readProject(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let project = try file.tree()
        guard let metadata = project["metadata"], metadata.isObject else {
            throw FileErrorKind.malformed(file, "no 'metadata'")
        }
        let attributes = Attributes(project["attribute"])
        var names: [String: String] = [:]
        for (id, entry) in project["file"]?.members ?? [] {
            names[id] = (entry["fname"]?.string).flatMap { $0.isEmpty ? nil : $0 } ?? entry["src"]?.string
        }
        var videos: [String: String] = [:]
        var collector = VideoCollector()
        for (id, view) in project["view"]?.members ?? [] {
            guard let fileID = view["fid_list"]?.elements.first?.text, let name = names[fileID] else { continue }
            videos[id] = VideoID.ofFile(name)
            _ = collector.index(of: VideoID.ofFile(name))
        }
        for (id, entry) in metadata.members {
            let times = entry["z"]?.elements ?? []
            guard times.count == 2, entry["xy"]?.elements.isEmpty ?? true else {
                collector.tally.add(times.count < 2 && entry["xy"]?.elements.isEmpty ?? true ? .point : .boxes, at: id)
                continue
            }
            guard let start = times[0].seconds, let end = times[1].seconds,
                let video = entry["vid"]?.text.flatMap({ videos[$0] })
            else {
                collector.tally.add(.unusableEntry, at: id)
                continue
            }
            collector.add(start, end, attributes.label(entry["av"]?.members ?? []), to: collector.index(of: video))
        }
        return collector.set(.via3)
    }

    static func readTable(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let bytes = try file.bytes()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let comments = lines.prefix { $0.first == UInt8(ascii: "#") || $0.starts(with: [0xEF, 0xBB, 0xBF]) }
        var attributes = Attributes(nil), header: [String] = []
        for line in comments {
            let text = TextDecoding.trimmed(String(decoding: line, as: UTF8.self))
            if let range = text.range(of: "# ATTRIBUTE = ") {
                attributes = Attributes(try? tree(String(text[range.upperBound...]), file.path))
            } else if let range = text.range(of: "# CSV_HEADER = ") {
                header = text[range.upperBound...].split(separator: ",").map(String.init)
            }
        }
        let body = lines[comments.endIndex...].joined(separator: [UInt8(ascii: "\n")])
        guard let files = header.firstIndex(of: "file_list"), let times = header.firstIndex(of: "temporal_coordinates"),
            let shape = header.firstIndex(of: "spatial_coordinates"), let metadata = header.firstIndex(of: "metadata")
        else {
            throw FileErrorKind.malformed(file, "no file_list, temporal_coordinates and metadata in its CSV_HEADER")
        }
        let first = Array(header.joined(separator: ",").utf8) + [UInt8(ascii: "\n")]
        let table = try CSVTable(path: file.path, bytes: first + Array(body), delimiter: UInt8(ascii: ","))
        var collector = VideoCollector()
        for (number, row) in table.rows.enumerated() {
            guard row.count == header.count else {
                throw file.malformed(comments.count + number + 1, "\(row.count) cells instead of \(header.count)")
            }
            guard let name = try tree(row[files], file.path).elements.first?.string else {
                collector.tally.add(.unusableEntry, at: row[0])
                continue
            }
            let index = collector.index(of: VideoID.ofFile(name))
            let ends = try tree(row[times], file.path).elements.compactMap(\.seconds)
            let hasShape = try !tree(row[shape], file.path).elements.isEmpty
            guard ends.count == 2, !hasShape else {
                collector.tally.add(hasShape ? .boxes : .point, at: row[0])
                continue
            }
            collector.add(ends[0], ends[1], attributes.label(try tree(row[metadata], file.path).members), to: index)
        }
        return collector.set(.via3)
    }

    private static func tree(_ text: String, _ path: String) throws -> JSONTree {
        var json = JSONReader(ByteSource(bytes: Array(text.utf8), path: path))
        return try JSONTree(&json)
    }

    // MARK: - Writing

    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        var files: [(String, JSONValue)] = [], views: [(String, JSONValue)] = [], metadata: [(String, JSONValue)] = []
        for (number, video) in set.videos.enumerated() {
            let id = String(number + 1)
            losses.countFacts(of: video)
            files.append(
                (
                    id,
                    .object([
                        ("fid", .string(id)), ("fname", .string(video.id.contains(".") ? video.id : video.id + ".mp4")),
                        ("type", .number(4)), ("loc", .number(1)), ("src", .string("")),
                    ])
                ))
            views.append((id, .object([("fid_list", .array([.string(id)]))])))
            for (index, item) in video.segments.enumerated() {
                losses.countFacts(of: item)
                metadata.append(
                    (
                        "\(id)_\(index + 1)",
                        .object([
                            ("vid", .string(id)), ("flg", .number(0)),
                            ("z", .array([.number(item.segment.start), .number(item.segment.end)])), ("xy", .array([])),
                            ("av", .object([("1", .string(item.label))])),
                        ])
                    ))
            }
        }
        let attribute = JSONValue.object([
            ("aname", .string("label")), ("anchor_id", .string("FILE1_Z2_XY0")), ("type", .number(4)),
            ("desc", .string("")),
            ("options", .object(set.labels.map { ($0, .string($0)) })), ("default_option_id", .string("")),
        ])
        let project = JSONValue.object([
            ("pid", .string("__VIA_PROJECT_ID__")), ("rev", .string("__VIA_PROJECT_REV_ID__")),
            ("rev_timestamp", .string("__VIA_PROJECT_REV_TIMESTAMP__")), ("pname", .string("annotations")),
            ("creator", .string("VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)")),
            ("created", .number(0)),
            ("vid_list", .array(views.map { .string($0.0) })),
        ])
        let settings = JSONValue.object([
            ("file", .object([("loc_prefix", .object(["1", "2", "3", "4"].map { ($0, .string("")) }))])),
            ("ui", .object([("file_content_align", .string("center"))])),
        ])
        let document = JSONValue.object([
            ("project", project), ("config", settings), ("attribute", .object([("1", attribute)])),
            ("file", .object(files)), ("metadata", .object(metadata)), ("view", .object(views)),
        ])
        return Array((document.text() + "\n").utf8)
    }
}
