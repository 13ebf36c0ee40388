import Files
import Foundation
import Tensors

/// A folder with a file for each video: npy, npz, csv, or a tensor or array that PyTorch or pickle saved.
struct FolderArrays: ArrayStorage {
    let path: String
    let kind: String
    let names: [String]
    let gridFiles: [String]
    let notices: [Notice]
    /// Whether all are npy files.
    let readsParts: Bool
    /// Files of the folder by name, so that a name never becomes a path.
    private let files: [String: String]

    /// - Throws: ``FeatureError``.
    init(_ path: String) throws {
        self.path = path
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw FileError.notRead(path, reason: "permission denied")
        }
        var files: [String: String] = [:], formats: [ArrayFormat: Int] = [:], others: [String: Int] = [:]
        var second: [String] = []
        for format in ArrayFormat.allCases {
            for entry in entries where !entry.hasPrefix(".") && format.fits(entry) {
                let name = (entry as NSString).deletingPathExtension
                // Where a video has several files, the format that is listed first is read.
                if let file = files[name] {
                    guard !format.fits(file) else {
                        throw FeatureError.malformed(
                            path: path,
                            reason: "'\(entry)' is there twice, in two forms of Unicode that look alike; remove one")
                    }
                    second.append(entry)
                    continue
                }
                files[name] = path + "/" + entry
                formats[format, default: 0] += 1
            }
        }
        for entry in entries where !entry.hasPrefix(".") && ArrayFormat.allCases.allSatisfy({ !$0.fits(entry) }) {
            let end = (entry as NSString).pathExtension
            if entry != FeatureGridFile.name { others[end.isEmpty ? "nameless" : ".\(end)", default: 0] += 1 }
        }
        guard !files.isEmpty else {
            let known = ArrayFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
            let found = others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
                .map { "\($0.value) \($0.key) files" }.joined(separator: ", ")
            throw FeatureError.malformed(
                path: path,
                reason:
                    "it has \(found.isEmpty ? "no files" : found) and none of those that are read (\(known), or one HDF5 "
                    + "file instead of a folder); save each video's array by numpy.save('VIDEO.npy', features)")
        }
        self.files = files
        names = files.keys.sorted()
        let list = ArrayFormat.allCases.filter { formats[$0] != nil }.map(\.rawValue)
        notices =
            second.isEmpty
            ? []
            : [
                Notice(
                    "features-twice",
                    "files are left out, because there is another of the same name in a format that comes first",
                    one: "file is left out, because there is another of the same name in a format that comes first",
                    items: second)
            ]
        readsParts = list == [ArrayFormat.npy.rawValue]
        kind = "folder of \(list.joined(separator: " and ")) files"
        gridFiles = [path + "/" + FeatureGridFile.name]
    }

    func shape(of name: String) throws -> [Int] {
        let (file, format) = try file(of: name)
        return try format.shape(of: file)
    }

    func array(of name: String) throws -> Tensor {
        let (file, format) = try file(of: name)
        return try format.read(file)
    }

    func elements(_ range: Range<Int>, of name: String) throws -> Tensor {
        let (file, format) = try file(of: name)
        return try format == .npy ? NpyFile.read(file, elements: range) : format.read(file).elements(range)
    }

    private func file(of name: String) throws -> (String, ArrayFormat) {
        guard let file = files[name], let format = ArrayFormat.allCases.first(where: { $0.fits(file) }) else {
            throw ArrayFailure("there is no file of it")
        }
        // Opening a pipe would wait for somebody to write to it.
        var information = stat()
        guard stat(file, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw ArrayFailure("\(file) is no file")
        }
        return (file, format)
    }
}
