import Foundation

/// What lies at a path, links followed.
package enum PathKind: Sendable {
    case missing
    case folder
    /// Anything that is no folder, pipes and devices included.
    case file

    package init(_ path: String) {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        self = !exists ? .missing : isFolder.boolValue ? .folder : .file
    }
}
