import ArgumentParser
import Toolkit

struct DataShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the manifest of a data set.",
        discussion: "Example: tal data show thumos14")

    @Argument(help: "The name of a data set, or a manifest (YAML).")
    var name: String

    @Flag(name: .long, help: "List the classes too.")
    var classes = false

    func run() throws {
        let manifest = try DataManifest.named(name)
        var lines = [manifest.name, manifest.about, ""]
        for (title, value) in [
            ("home", manifest.home), ("licence", manifest.licence), ("citation", manifest.citation),
            ("protocols", manifest.protocols.joined(separator: ", ")),
        ] where !value.isEmpty {
            lines.append(title.padding(to: 11) + value)
        }
        let listed = manifest.classes.isEmpty ? manifest.classesIn ?? "" : "\(manifest.classes.count)"
        lines.append("classes".padding(to: 11) + listed)
        if !manifest.splits.isEmpty {
            var table = TextTable([.left("split"), .left("called"), .right("videos"), .right("segments")])
            for name in ["training", "validation", "testing"] {
                guard let split = manifest.splits[name] else { continue }
                table.add(
                    name, split.names.joined(separator: ", "), "\(split.videos)", split.segments.map { "\($0)" } ?? "-")
            }
            lines += ["", table.description]
        }
        if !manifest.annotations.isEmpty {
            var table = TextTable([
                .left("annotations"), .left("layout"), .right("videos"), .right("segments"), .left("note"),
            ])
            for (name, file) in manifest.annotations.sorted(by: { $0.key < $1.key }) {
                table.add(
                    name, file.layout, file.videos.map { "\($0)" } ?? "-", file.segments.map { "\($0)" } ?? "-",
                    file.note ?? "")
            }
            lines += ["", table.description]
        }
        if !manifest.features.isEmpty {
            var table = TextTable([
                .left("features"), .right("fps"), .right("stride"), .right("window"), .right("channels"), .left("note"),
            ])
            for (name, grid) in manifest.features.sorted(by: { $0.key < $1.key }) {
                let rate = grid.fps == 0 ? "own" : ResultText.number(grid.fps, grid.fps == grid.fps.rounded() ? 0 : 2)
                table.add(name, rate, "\(grid.stride)", "\(grid.window)", "\(grid.channels)", grid.note ?? "")
            }
            lines += ["", table.description]
        }
        func list(_ title: String, _ items: [String]) {
            if !items.isEmpty { lines += ["", title] + items.map { "- \($0)" } }
        }
        list("can be fetched", manifest.files.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.url)" })
        list("by hand", manifest.byHand)
        list("used", manifest.usage)
        list("known faults", manifest.faults)
        list("not verified", manifest.unchecked)
        if classes { list("classes", manifest.classes) }
        print(lines.joined(separator: "\n"))
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
