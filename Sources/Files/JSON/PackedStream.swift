internal import CZlib
import Foundation

/// The bytes of an open file from its beginning to its end, decompressed when it is gzip: one member or several in a row.
///
/// zlib's own `gzread` stops without a word where something else follows the compressed data. Here that is an error, since the
/// file was joined or damaged; only zeros, with which tapes and archives fill their blocks, may follow.
final class PackedStream {
    private let descriptor: Int32
    private let path: String
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    /// The bytes of `block` that were read from the file and not yet used.
    private var waiting = 0..<0
    private var isAtEnd = false
    private var form: Form?
    private var stream = z_stream()
    private var packed = 0
    private var unpacked = 0

    private enum Form {
        case plain
        case insideMember
        case betweenMembers
    }

    private static let magic: [UInt8] = [0x1F, 0x8B]
    /// Compressed files may become this many times larger, once they are larger than ``freeExpansion``. Real tables of numbers
    /// stay below 40.
    private static let largestExpansion = 200
    private static let freeExpansion = 64 << 20

    /// - Parameters:
    ///   - descriptor: of the open file or pipe; it is closed at the end.
    ///   - path: for errors.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        if let form, form != .plain { inflateEnd(&stream) }
        block.deallocate()
        close(descriptor)
    }

    /// Reads up to `count` bytes into `destination`; 0 means the end.
    func read(into destination: UnsafeMutablePointer<UInt8>, count: Int) throws(FileError) -> Int {
        guard count > 0 else { return 0 }
        if form == nil { try recognise() }
        guard form != .plain else {
            if waiting.isEmpty { try fill() }
            let taken = min(count, waiting.count)
            if let start = waitingStart { destination.update(from: start, count: taken) }
            waiting.removeFirst(taken)
            return taken
        }
        while true {
            if form == .betweenMembers, try !beginMember() { return 0 }
            let made = try inflate(into: destination, count: min(count, 1 << 30))
            if made > 0 { return made }
        }
    }

    private func recognise() throws(FileError) {
        try fill(atLeast: Self.magic.count)
        form = startsMember ? .betweenMembers : .plain
        guard form == .betweenMembers else { return }
        // 16 asks for the header and checksum of gzip: https://zlib.net/manual.html#Advanced
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            form = nil
            throw .unreadable(path: path, reason: "zlib cannot be started")
        }
    }

    /// - Returns: false at the end of the file.
    private func beginMember() throws(FileError) -> Bool {
        try fill(atLeast: Self.magic.count)
        if startsMember {
            inflateReset(&stream)
            form = .insideMember
            return true
        }
        while !waiting.isEmpty {
            guard block[waiting].allSatisfy({ $0 == 0 }) else {
                throw .damagedCompression(path: path, reason: "something else follows its compressed data")
            }
            waiting = 0..<0
            try fill()
        }
        return false
    }

    private func inflate(into destination: UnsafeMutablePointer<UInt8>, count: Int) throws(FileError) -> Int {
        if waiting.isEmpty { try fill() }
        guard let start = waitingStart else {
            throw .damagedCompression(path: path, reason: "unexpected end of file")
        }
        stream.next_in = UnsafeMutablePointer(mutating: start)
        stream.avail_in = UInt32(waiting.count)
        stream.next_out = destination
        stream.avail_out = UInt32(count)
        let status = CZlib.inflate(&stream, Z_NO_FLUSH)
        let (used, made) = (waiting.count - Int(stream.avail_in), count - Int(stream.avail_out))
        waiting.removeFirst(used)
        packed += used
        unpacked += made
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: form = .betweenMembers
        default:
            let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"
            throw .damagedCompression(path: path, reason: reason)
        }
        if unpacked > Self.freeExpansion, unpacked / Self.largestExpansion > packed {
            throw .damagedCompression(
                path: path, reason: "it expands to more than \(Self.largestExpansion) times its size")
        }
        return made
    }

    private var startsMember: Bool { block[waiting].prefix(Self.magic.count).elementsEqual(Self.magic) }

    private var waitingStart: UnsafePointer<UInt8>? {
        guard !waiting.isEmpty, let start = block.baseAddress else { return nil }
        return UnsafePointer(start.assumingMemoryBound(to: UInt8.self)) + waiting.lowerBound
    }

    /// Reads more of the file, until some bytes wait or the file ends.
    private func fill(atLeast count: Int = 1) throws(FileError) {
        while waiting.count < count, !isAtEnd {
            // Few bytes, so moving them costs nothing.
            if waiting.lowerBound > 0 {
                block.copyBytes(from: Array(block[waiting]))
                waiting = 0..<waiting.count
            }
            let free = UnsafeMutableRawBufferPointer(rebasing: block[waiting.upperBound...])
            let got = Foundation.read(descriptor, free.baseAddress, free.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
            isAtEnd = got == 0
            waiting = waiting.lowerBound..<(waiting.upperBound + got)
        }
    }
}
