import Files
import Foundation
import Tensors

/// The arrays in an HDF5 file of others.
struct HDF5Arrays: ArrayStorage {
    let path: String
    let kind: String
    let names: [String]
    let notices: [Notice]
    let reader: HDF5Reader

    init(path: String, kind: String, names: [String], leftOut: [String], reader: HDF5Reader) {
        notices =
            leftOut.isEmpty
            ? []
            : [
                Notice(
                    "features-links", "links to other places or files are left out",
                    one: "link to another place or file is left out", items: leftOut)
            ]
        self.path = path
        self.kind = kind
        self.names = names.sorted()
        self.reader = reader
    }

    /// `NAME.grid.json` beside `NAME.h5`, or the `grid.json` of the folder.
    var gridFiles: [String] {
        let stem = (path as NSString).deletingPathExtension
        let folder = DurableFile.parent(of: path)
        return ["\(stem).\(FeatureGridFile.name)", (folder.isEmpty ? "" : folder + "/") + FeatureGridFile.name]
    }

    func shape(of name: String) throws -> [Int] {
        guard case .shape(let shape) = try reader.ask(.shape(array: name)) else {
            throw HDF5Failure(reason: "the process that reads it answers nonsense")
        }
        return shape
    }

    func array(of name: String) throws -> Tensor { try reader.array(name) }
}
