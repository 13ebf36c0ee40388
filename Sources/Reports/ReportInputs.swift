import Files
import Foundation

/// The inputs of a report, sorted into detections and folders of training runs.
struct ReportInputs {
    struct Item {
        var name: String
        var path: String
    }

    private(set) var detections: [Item] = []
    private(set) var runs: [Item] = []

    /// - Throws: `FileError` for an input that is missing.
    init(_ inputs: [String]) throws(FileError) {
        for input in inputs {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
                throw .missing(path: input)
            }
            let isRun = isFolder.boolValue && FileManager.default.fileExists(atPath: TrainingHistory.file(of: input))
            if isRun {
                runs.append(Item(name: "", path: input))
            } else {
                detections.append(Item(name: "", path: input))
            }
        }
        Self.name(&detections)
        Self.name(&runs)
    }

    /// Names items by their files, with as many folders before as it takes to tell them apart.
    private static func name(_ items: inout [Item]) {
        let parts = items.map { item in
            var url = URL(fileURLWithPath: item.path).standardizedFileURL
            if ["gz", "bz2", "xz"].contains(url.pathExtension.lowercased()) { url.deletePathExtension() }
            return url.deletingPathExtension().pathComponents
        }
        for depth in 1...8 {
            let names = parts.map { $0.suffix(depth).joined(separator: "/") }
            for index in items.indices { items[index].name = names[index] }
            if Set(names).count == names.count { return }
        }
        for index in items.indices { items[index].name += " (\(index + 1))" }
    }
}

/// What a training run wrote of its epochs.
enum TrainingHistory {
    static func file(of run: String) -> String { (run as NSString).appendingPathComponent("metrics.jsonl") }

    /// The epochs of a run; lines that say nothing of an epoch are left out.
    ///
    /// - Throws: `FileError`.
    static func epochs(of run: String) throws(FileError) -> [Report.Epoch] {
        let bytes = try ByteSource.contents(of: file(of: run))
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(Report.Epoch.self, from: Data($0))
        }
    }
}
