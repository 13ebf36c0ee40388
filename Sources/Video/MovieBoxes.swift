import Foundation

/// How many samples the tables of an MP4 or QuickTime file claim to have, counted before FFmpeg reads them.
///
/// FFmpeg keeps about 45 bytes for every sample of every track, and a table of equal sizes claims any number of samples in 20
/// bytes (ISO/IEC 14496-12, boxes `stsz`, `stz2` and `trun`), so that a file of some kilobytes could take all memory.
struct MovieBoxes {
    /// Claimed samples of all tracks.
    private(set) var sampleCount = 0
    /// Whether frames begin before any index, so that a reader must come back to them; false for other kinds of files.
    private(set) var hasIndexBehindFrames = false

    private let descriptor: Int32
    private let size: Int
    private var boxCount = 0
    private var hasIndex = false
    private static let mostBoxes = 2_000_000
    private static let containers: Set<String> = ["moov", "trak", "mdia", "minf", "stbl", "moof", "traf"]

    /// - Parameter descriptor: of a regular file of any kind; it is read by position, so that it stays where it is.
    init(descriptor: Int32, size: Int) {
        self.descriptor = descriptor
        self.size = size
        guard isMovie else { return }
        count(in: 0..<size, depth: 0)
    }

    /// Whether the claims can be true: no sample takes less than a byte.
    var isCredible: Bool { boxCount <= Self.mostBoxes && sampleCount <= size }

    private var isMovie: Bool {
        guard let header = bytes(at: 4, count: 4) else { return false }
        return ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp", "moof"]
            .contains(String(decoding: header, as: UTF8.self))
    }

    private mutating func count(in range: Range<Int>, depth: Int) {
        var position = range.lowerBound
        while position + 8 <= range.upperBound, boxCount <= Self.mostBoxes, let header = bytes(at: position, count: 16)
        {
            boxCount += 1
            var (length, content) = (Self.integer(header[0..<4]), position + 8)
            if length == 1 {
                (length, content) = (Self.integer(header[8..<16]), position + 16)
            } else if length == 0 {
                length = range.upperBound - position
            }
            guard length >= content - position else { return }
            let end = min(range.upperBound, position + min(length, size))
            let kind = String(decoding: header[4..<8], as: UTF8.self)
            if depth == 0, kind == "moov" || kind == "moof" { hasIndex = true }
            if depth == 0, kind == "mdat", !hasIndex { hasIndexBehindFrames = true }
            switch kind {
            case let kind where Self.containers.contains(kind):
                if depth < 8, content <= end { count(in: content..<end, depth: depth + 1) }
            case "stsz", "stz2":
                addCount(at: content + 8)
            case "trun":
                addCount(at: content + 4)
            default:
                break
            }
            position = end
        }
    }

    private mutating func addCount(at position: Int) {
        if let count = bytes(at: position, count: 4) { sampleCount += Self.integer(count[...]) }
    }

    /// Zeros follow where the file ends; nil behind its end.
    private func bytes(at position: Int, count: Int) -> [UInt8]? {
        guard position < size else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return pread(descriptor, &bytes, count, off_t(position)) > 0 ? bytes : nil
    }

    /// A number as these files hold it, the first byte first; the largest where it does not fit.
    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(clamping: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
