import Files
import Foundation
import Tensors

/// One file with arrays, apart from any folder and grid: what it holds, for people.
package enum ArrayFile {
    /// An array and what it is called, if anything.
    package struct Entry: Equatable {
        package let name: String
        package let shape: [Int]
    }

    /// The arrays in a file, whose content identifies the format: npz, what PyTorch or pickle saved, or csv by its extension.
    ///
    /// - Returns: what the file is and its arrays in the order of the file; `nil` for a file of another kind.
    /// - Throws: `FileError` or `TensorFileError` for a file of such a kind that cannot be read.
    package static func describe(_ path: String) throws -> (kind: String, entries: [Entry])? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        let start = [UInt8]((try? handle.read(upToCount: 4)) ?? Data())
        try? handle.close()
        if start.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            let archive = try NpzFile(path: path)
            guard archive.names.isEmpty else {
                return ("npz archive", try archive.names.map { Entry(name: $0, shape: try archive.shape(of: $0)) })
            }
            return ("PyTorch file", entries(try PyTorchFile(path: path, unknownObjects: .kept).content))
        }
        if start.count > 1, start[0] == 0x80, (2...5).contains(start[1]) {
            return ("PyTorch file or pickle", entries(try SavedFile(path: path).content))
        }
        guard ArrayFormat.csv.fits(path), let table = try? CSVArray.read(path) else { return nil }
        return ("table of numbers (csv)", [Entry(name: "", shape: table.shape)])
    }

    private static func entries(_ value: PickleValue, _ name: String = "") -> [Entry] {
        switch value {
        case .array(let array): return [Entry(name: name, shape: array.shape)]
        case .tensor(let tensor): return [Entry(name: name, shape: tensor.shape)]
        case .dictionary(let members):
            return members.flatMap { key, value -> [Entry] in
                guard case .string(let key) = key else { return [] }
                return entries(value, name.isEmpty ? key : "\(name).\(key)")
            }
        default: return []
        }
    }
}
