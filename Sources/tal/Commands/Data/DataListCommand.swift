import ArgumentParser
import Toolkit

struct DataListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the data sets that have a manifest.")

    func run() throws {
        var table = TextTable([
            .left("name"), .right("videos"), .left("protocols"), .left("features"), .left("fetched"),
        ])
        for name in DataManifest.builtInNames {
            let manifest = try DataManifest.named(name)
            let videos = manifest.splits.values.reduce(0) { $0 + $1.videos }
            table.add(
                name, videos == 0 ? "-" : "\(videos)", manifest.protocols.joined(separator: ", "),
                manifest.features.keys.sorted().joined(separator: ", "),
                manifest.files.isEmpty ? "by hand" : "\(manifest.files.count) files")
        }
        print(table)
    }
}
