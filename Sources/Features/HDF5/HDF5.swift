internal import CHDF5
import Foundation

/// A failed call of the HDF5 library, before the caller has put a path and a purpose to it.
struct HDF5Failure: Error {
    /// The innermost message of the library's error stack.
    let reason: String
}

/// Access to the HDF5 library, one thread at a time: not every build of it is safe for threads.
enum HDF5 {
    private static let lock = NSRecursiveLock()

    /// Calls `body` with the library to itself and its own error printing off.
    static func locked<Result: ~Copyable>(_ body: () throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        h5Silence()
        return try body()
    }

    /// Properties by which files, groups and data sets keep no time, so that the same features are the same bytes. Needs
    /// the library's lock.
    static func propertiesWithoutTimes(_ kind: hid_t) throws(HDF5Failure) -> HDF5Handle {
        let properties = try HDF5Handle(H5Pcreate(kind), close: H5Pclose)
        try check(H5Pset_obj_track_times(properties.id, false))
        return properties
    }

    /// The version of the library in use.
    static var version: String {
        var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
        return locked { H5get_libversion(&major, &minor, &release) < 0 ? "unknown" : "\(major).\(minor).\(release)" }
    }

    /// Throws what the library says went wrong when `status` is negative.
    @discardableResult
    static func check<Status: SignedInteger>(_ status: Status) throws(HDF5Failure) -> Status {
        guard status < 0 else { return status }
        var text = [CChar](repeating: 0, count: 512)
        h5TakeError(&text, text.count)
        let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw HDF5Failure(reason: reason.isEmpty ? "the HDF5 library gives no reason" : plain(reason))
    }

    /// Where the library reports a failed call of the system, what the system said; otherwise the whole message.
    static func plain(_ reason: String) -> String {
        guard let match = reason.firstMatch(of: /errno = (\d+), error message = '([^']*)'/) else { return reason }
        return Int32(match.output.1) == ENOSPC ? "the disk is full" : String(match.output.2)
    }
}

/// An identifier of the library that is closed when the handle goes.
struct HDF5Handle: ~Copyable {
    let id: hid_t
    private let close: @Sendable (hid_t) -> herr_t

    /// - Throws: ``HDF5Failure`` when `id` is negative: the call that made it failed.
    init(_ id: hid_t, close: @escaping @Sendable (hid_t) -> herr_t) throws(HDF5Failure) {
        self.id = try HDF5.check(id)
        self.close = close
    }

    deinit {
        _ = HDF5.locked { close(id) }
    }
}
