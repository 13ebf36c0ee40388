import Files
import Foundation

/// The folder that figures are written to.
enum FigureFolder {
    /// Makes the folder.
    ///
    /// - Throws: `FileError`.
    static func make(_ path: String) throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError.unwritable(path: path, reason: (error as NSError).localizedDescription)
        }
    }
}
