import Foundation

/// Which file this is, and in which state: two that are equal are one file that nobody has changed in between.
package struct FileIdentity: Equatable, Sendable, CustomStringConvertible {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// The file at a path, links followed; nil where there is none.
    package init?(_ path: String) {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        self.init(information)
    }

    /// An open file; nil where the descriptor is none.
    package init?(descriptor: Int32) {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return nil }
        self.init(information)
    }

    /// Size and time alone, which are the same on every machine that sees the file.
    package var state: String { "\(size) \(seconds).\(nanoseconds)" }

    package var description: String { "\(device):\(number) \(size) \(seconds).\(nanoseconds)" }

    private init(_ information: stat) {
        device = UInt64(information.st_dev)
        number = UInt64(information.st_ino)
        size = Int64(information.st_size)
        #if os(Linux)
            seconds = information.st_mtim.tv_sec
            nanoseconds = information.st_mtim.tv_nsec
        #else
            seconds = information.st_mtimespec.tv_sec
            nanoseconds = information.st_mtimespec.tv_nsec
        #endif
    }
}
