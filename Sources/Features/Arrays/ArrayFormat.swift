import Files
import Foundation
import Tensors

/// The formats of files with one array each, best first; the raw value is how their names end.
enum ArrayFormat: String, CaseIterable {
    case npy
    case npz
    case pt
    case pth
    case pkl
    case pickle
    case csv

    func fits(_ file: String) -> Bool { (file as NSString).pathExtension.lowercased() == rawValue }

    /// The shape of the array in a file.
    ///
    /// - Throws: `FileError`, `TensorFileError` or ``ArrayFailure``.
    func shape(of file: String) throws -> [Int] {
        switch self {
        case .npy: try NpyFile.header(of: file).shape
        case .npz: try NpzFile(path: file).shape(of: Self.only(NpzFile(path: file).names, in: file))
        case .pt, .pth, .pkl, .pickle: try SavedArray(path: file).shape
        case .csv: try CSVArray.read(file).shape
        }
    }

    /// The array in a file.
    ///
    /// - Throws: as ``shape(of:)``.
    func read(_ file: String) throws -> Tensor {
        switch self {
        case .npy: return try NpyFile.read(file)
        case .npz:
            let archive = try NpzFile(path: file)
            return try archive.array(Self.only(archive.names, in: file))
        case .pt, .pth, .pkl, .pickle: return try SavedArray(path: file).tensor()
        case .csv: return try CSVArray.read(file)
        }
    }

    /// What features are called where a file holds other arrays too.
    static let usualNames = ["features", "feature", "feats", "feat"]

    /// The one of several arrays that holds the features.
    static func only(_ names: [String], in file: String) throws -> String {
        if let name = names.first, names.count == 1 { return name }
        if let name = usualNames.first(where: names.contains) { return name }
        guard !names.isEmpty else { throw ArrayFailure("\(file) holds no array of numbers") }
        throw ArrayFailure(
            "\(file) holds \(names.count) arrays (\(names.prefix(4).joined(separator: ", "))) and none is called "
                + "'features'; save the one that is meant by itself")
    }
}

/// The array that PyTorch or pickle saved in a file: by itself, or in a dictionary. Nothing in the file is run.
struct SavedArray {
    private enum Content {
        case array(PickledArray)
        case tensor(PickledTensor)
    }

    private let file: SavedFile
    private let content: Content

    /// - Throws: `TensorFileError` or ``ArrayFailure``.
    init(path: String) throws {
        file = try SavedFile(path: path)
        switch file.content {
        case .array(let array): content = .array(array)
        case .tensor(let tensor): content = .tensor(tensor)
        case .dictionary(let entries):
            var arrays: [String: Content] = [:]
            for case (.string(let name), let value) in entries {
                switch value {
                case .array(let array): arrays[name] = .array(array)
                case .tensor(let tensor): arrays[name] = .tensor(tensor)
                default: break
                }
            }
            let name = try ArrayFormat.only(arrays.keys.sorted(), in: path)
            guard let array = arrays[name] else { throw ArrayFailure("\(path) holds no array of numbers") }
            content = array
        default:
            throw ArrayFailure(
                "\(path) holds no array of numbers; save it in Python by numpy.save('VIDEO.npy', numpy.asarray(features))"
            )
        }
    }

    var shape: [Int] {
        switch content {
        case .array(let array): array.shape
        case .tensor(let tensor): tensor.shape
        }
    }

    func tensor() throws -> Tensor {
        switch content {
        case .array(let array): array.tensor
        case .tensor(let tensor): try file.tensor(tensor)
        }
    }
}
