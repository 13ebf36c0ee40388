import Files
import Foundation

/// A file that is being read: its first bytes, which identify the format, and then its whole content, once.
final class SourceFile {
    let path: String
    /// The first bytes, decompressed.
    let start: [UInt8]
    /// Whether ``start`` is the whole file.
    let isWhole: Bool
    /// The start as text where it is text in UTF-8 or UTF-16; cut characters at its end are left out.
    let startText: String?
    private var source: ByteSource?

    private static let startLength = 1 << 16

    init(path: String) throws {
        self.path = path
        var source = try ByteSource(path: path)
        let start = try source.peek(count: Self.startLength)
        if TextDecoding.isUTF16(start) {
            source = ByteSource(bytes: try TextDecoding.utf8(source.remaining(), path: path), path: path)
        }
        self.start = try source.peek(count: Self.startLength)
        isWhole = self.start.count < Self.startLength
        startText = TextDecoding.prefix(self.start, isCut: !isWhole)
        self.source = consume source
    }

    /// A file whose bytes are in memory already, such as a member of an archive.
    init(bytes: [UInt8], path: String) throws {
        self.path = path
        let bytes = TextDecoding.isUTF16(bytes) ? try TextDecoding.utf8(bytes, path: path) : bytes
        start = Array(bytes.prefix(Self.startLength))
        isWhole = bytes.count <= Self.startLength
        startText = TextDecoding.prefix(start, isCut: !isWhole)
        source = ByteSource(bytes: bytes, path: path)
    }

    /// The name of the file without folders and without its extensions (`.gz` and one more).
    var stem: String { VideoID.stem(of: path) }

    /// The extension in lower case, `.gz` apart.
    var fileExtension: String {
        var name = (path as NSString).lastPathComponent.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        return (name as NSString).pathExtension
    }

    /// The whole content; may be asked for once.
    func bytes() throws -> [UInt8] {
        guard var source = source.take() else { throw spent }
        return try source.remaining()
    }

    /// The whole content as text, without a byte order mark; may be asked for once.
    func text() throws -> String {
        let bytes = try bytes()
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw malformed(TextDecoding.lineOfInvalidText(in: bytes), "text that is not UTF-8; save the file as UTF-8")
        }
        return text
    }

    /// The lines of the whole content; may be asked for once. Lines end with LF, CR LF or CR.
    func lines() throws -> [Substring] { TextDecoding.lines(try text()) }

    /// The whole content as JSON; may be asked for once.
    func json() throws -> JSONReader {
        guard let source = source.take() else { throw spent }
        return JSONReader(source)
    }

    /// The whole content as a JSON value; may be asked for once.
    func tree() throws -> JSONTree {
        var json = try json()
        let value = try JSONTree(&json)
        try json.finish()
        return value
    }

    /// The lines of the start, the last of which may be cut.
    lazy var startLines: [Substring] = startText.map { TextDecoding.lines($0) } ?? []

    /// The keys of the start, where it is JSON.
    lazy var sketch = JSONSketch(start, path: path)

    func malformed(_ line: Int, _ problem: String) -> FileError {
        .malformed(path: path, problem: "line \(line): \(problem)")
    }

    private var spent: FileError { .unreadable(path: path, reason: "it was read already") }
}
