import Foundation

/// What the system's error numbers mean, in words that say what to do.
package enum SystemError {
    /// The meaning of an error number; of `errno` where none is given.
    package static func reason(_ code: Int32 = errno) -> String {
        switch code {
        case ENOSPC: "the disk is full"
        case EDQUOT: "the disk quota is used up"
        case EROFS: "the file system is read-only"
        case EACCES, EPERM: "permission denied"
        case ENOENT: "there is no such file or folder"
        case ENOTDIR: "a part of the path is not a folder"
        case EISDIR: "it is a folder"
        case ELOOP: "its symbolic links lead nowhere"
        case ENAMETOOLONG: "the name is too long"
        case EFBIG: "the file is larger than the file system or a limit allows"
        case EMFILE, ENFILE: "too many files are open"
        default: String(cString: strerror(code))
        }
    }

    /// The failure to write a file for the reason in `errno`.
    package static func unwritable(_ path: String, _ code: Int32 = errno) -> FileError {
        .unwritable(path: path, reason: reason(code))
    }
}
