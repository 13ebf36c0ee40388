public import Foundation

/// Writes an output so that its place holds the old file or the whole new one, never a part.
///
/// The bytes go to a temporary file beside the target, which is made exclusively and through no link, and takes the target's
/// name when all is written. An output that is no file is opened and written as it comes; see `OutputTarget`. A writer
/// that goes before ``commit()`` leaves nothing behind; what a killed process leaves is removed by the next
/// writer of the same target.
public final class AtomicFile {
    /// The path as it was given.
    public let path: String
    private let target: OutputTarget
    private let isDurable: Bool
    private var descriptor: Int32
    private var temporary: TemporaryFile?

    /// Opens an output for writing.
    ///
    /// - Parameters:
    ///   - path: where it goes; `-` is the standard output.
    ///   - durable: whether a finished file must outlast a power cut.
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public init(_ path: String, durable: Bool = false) throws(FileError) {
        try OutputTarget.check(path)
        self.path = path
        isDurable = durable
        target = try OutputTarget(path)
        switch target {
        case .descriptor(let number): descriptor = fcntl(number, F_DUPFD_CLOEXEC, 0)
        case .stream(let stream):
            // A pipe that nobody reads would otherwise keep the program for ever.
            descriptor = open(stream, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
            if descriptor < 0, errno == ENXIO {
                throw .unwritable(path: path, reason: "no process reads from this pipe")
            }
            if descriptor >= 0 { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) }
        case .file(let file):
            let temporary = try TemporaryFile(beside: file, for: path)
            self.temporary = temporary
            descriptor = temporary.descriptor
        }
        guard descriptor >= 0 else { throw SystemError.unwritable(path) }
    }

    deinit {
        if temporary == nil, descriptor >= 0 { close(descriptor) }
        temporary?.discard()
    }

    /// Checks, before any work, that an output can be written; makes and changes nothing.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func check(_ path: String) throws(FileError) { try OutputTarget.check(path) }

    /// Writes a whole output.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func write(_ data: Data, to path: String, durable: Bool = false) throws(FileError) {
        let file = try AtomicFile(path, durable: durable)
        try file.write(data)
        try file.commit()
    }

    /// Writes a whole output as UTF-8.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func write(_ text: String, to path: String, durable: Bool = false) throws(FileError) {
        try write(Data(text.utf8), to: path, durable: durable)
    }

    /// Adds bytes.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        guard DurableFile.write(bytes, to: descriptor) else { throw SystemError.unwritable(path) }
    }

    /// Adds bytes.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public func write(_ data: Data) throws(FileError) {
        guard data.withUnsafeBytes({ DurableFile.write($0, to: descriptor) }) else {
            throw SystemError.unwritable(path)
        }
    }

    /// Puts the file in its place. To be called once, after the last byte.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``; the target is then as it was.
    public func commit() throws(FileError) {
        guard let temporary, case .file(let file) = target else {
            defer { descriptor = -1 }
            guard close(descriptor) == 0 else { throw SystemError.unwritable(path) }
            return
        }
        try temporary.replace(file, durable: isDurable, for: path)
        self.temporary = nil
        descriptor = -1
    }
}
