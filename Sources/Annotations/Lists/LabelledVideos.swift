public import Files
import Foundation

/// Videos that each show one thing, with its name, for training and evaluating recognition.
public struct LabelledVideos: Sendable, Equatable {
    public struct Item: Hashable, Sendable {
        public var path: String
        public var label: String

        public init(path: String, label: String) {
            self.path = path
            self.label = label
        }
    }

    public var items: [Item]
    /// Lines that could not be used.
    public var failures: [ClipFailure]

    public init(items: [Item], failures: [ClipFailure] = []) {
        self.items = items
        self.failures = failures
    }

    /// Which videos of a layout that holds both are wanted.
    public enum Part: String, Sendable, CaseIterable {
        case training, test
    }

    /// Reads a list of labelled videos.
    ///
    /// - JSON lines (`.jsonl`): `{"video": PATH, "action": LABEL}`, or `"label"` for `"action"`.
    /// - A list of UCF101 (`trainlist01.txt`, `testlist01.txt`): `CLASS/VIDEO.avi`, anything after a space ignored. The label is the
    ///   folder.
    /// - A folder of HMDB51 splits: of each `CLASS_test_splitN.txt`, the lines `VIDEO.avi 1` (training) or `VIDEO.avi 2`
    ///   (test); the videos lie in `ROOT/CLASS/` or `ROOT/`.
    ///
    /// - Parameters:
    ///   - path: a list, or for HMDB51 the folder of the splits.
    ///   - root: folder of the videos; that of the list where `nil`.
    ///   - part: for HMDB51, which lines to take.
    ///   - split: for HMDB51, the number N.
    /// - Throws: `FileError`
    public init(path: String, root: String? = nil, part: Part, split: Int = 1) throws(FileError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError.missing(path: path)
        }
        self.init(items: [])
        if isFolder.boolValue {
            try readSplitFolder(path, root: root ?? path, part: part, split: split)
        } else {
            let text = try TextFile.read(path, limit: TextFile.list)
            let folder = root ?? DurableFile.parent(of: path)
            let isJSON = path.lowercased().hasSuffix(".jsonl")
            for (number, line) in TextLines.split(text).enumerated() {
                let line = line.trimmingCharacters(in: .whitespaces)
                guard !line.isEmpty else { continue }
                if let item = isJSON ? Self.jsonItem(line, folder: folder) : Self.folderItem(line, folder: folder) {
                    items.append(item)
                } else {
                    failures.append(
                        ClipFailure(
                            video: "\(path), line \(number + 1)",
                            reason: isJSON
                                ? "no JSON object with \"video\" and \"action\"" : "not of the form CLASS/VIDEO"))
                }
            }
        }
        guard !items.isEmpty else {
            throw FileError.malformed(
                path: path,
                problem: "names no labelled video; give JSON lines {\"video\", \"action\"}, a list of UCF101"
                    + " or the folder of HMDB51 splits")
        }
    }

    /// The videos in two parts, the second with a share of each label's videos, drawn at random; a label with few videos
    /// has all of them in the first.
    public func split(share: Double, using generator: inout some RandomNumberGenerator) -> (
        first: [Item], second: [Item]
    ) {
        var second: Set<Int> = []
        let places = Dictionary(grouping: items.indices) { items[$0].label }
        for (_, own) in places.sorted(by: { $0.key < $1.key }) {
            second.formUnion(own.shuffled(using: &generator).prefix(Int(Double(own.count) * share)))
        }
        return (
            items.indices.filter { !second.contains($0) }.map { items[$0] }, second.sorted().map { items[$0] }
        )
    }

    private struct Line: Decodable {
        var video: String
        var action: String?
        var label: String?
    }

    private static func jsonItem(_ line: String, folder: String) -> Item? {
        guard let fields = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), !fields.video.isEmpty,
            let label = fields.action ?? fields.label, !label.isEmpty
        else { return nil }
        return Item(path: joined(folder, fields.video), label: label)
    }

    private static func folderItem(_ line: String, folder: String) -> Item? {
        let name = line.split(separator: " ").first.map(String.init) ?? line
        let parts = name.split(separator: "/")
        guard parts.count >= 2, !parts.contains("..") else { return nil }
        return Item(path: joined(folder, name), label: String(parts[parts.count - 2]))
    }

    private mutating func readSplitFolder(_ path: String, root: String, part: Part, split: Int) throws(FileError) {
        let suffix = "_test_split\(split).txt"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(suffix) }
        guard !names.isEmpty else {
            throw FileError.malformed(path: path, problem: "holds no file that ends in \(suffix)")
        }
        let wanted = part == .training ? "1" : "2"
        for name in names.sorted() {
            let label = String(name.dropLast(suffix.count))
            let text: String
            do {
                text = try TextFile.read(Self.joined(path, name), limit: TextFile.list)
            } catch {
                failures.append(ClipFailure(video: name, reason: error.reason))
                continue
            }
            for line in text.split(whereSeparator: \.isNewline) {
                let fields = line.split(separator: " ")
                guard fields.count == 2, fields[1] == wanted, !fields[0].contains("/") else { continue }
                let inClass = Self.joined(root, "\(label)/\(fields[0])")
                let path =
                    FileManager.default.fileExists(atPath: inClass) ? inClass : Self.joined(root, String(fields[0]))
                items.append(Item(path: path, label: label))
            }
        }
    }

    private static func joined(_ folder: String, _ name: String) -> String {
        name.hasPrefix("/") || folder.isEmpty ? name : folder + "/" + name
    }
}
