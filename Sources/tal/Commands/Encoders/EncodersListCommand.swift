import ArgumentParser
import Encoders
import Files

struct EncodersListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the published encoders that have names, and where their weights are.",
        discussion: """
            Input and GFLOP are those of a window of the first protocol. Any of them is used by

              tal extract videos/ --encoder NAME --weights FILE --out features.h5

            with the weight file as its authors publish it.
            """)

    @Option(name: .long, help: .value("file.json", "Write the list as JSON to this file too."), completion: .json)
    var json: String?

    func run() throws {
        var table = TextTable([
            .left("name"), .left("input"), .right("channels"), .right("GFLOP"), .left("protocols"), .left("licence"),
            .left("weights"),
        ])
        for entry in EncoderCatalogue.all {
            let input = entry.input
            table.add([
                entry.name, "\(input.frames)x\(input.height)x\(input.width)", "\(entry.channels)",
                ResultText.number(entry.operations * 1e-9, 0), entry.protocols.joined(separator: ", "), entry.licence,
                entry.weights,
            ])
        }
        if let json {
            try JSONValue.array(EncoderCatalogue.all.map(value)).write(to: json)
        }
        Outputs.show(table.description, unlessIn: json)
    }

    private func value(_ entry: CatalogueEntry) -> JSONValue {
        let input = entry.input
        return .object([
            ("name", .string(entry.name)), ("family", .string(entry.family)),
            ("frames", .number(Double(input.frames))), ("height", .number(Double(input.height))),
            ("width", .number(Double(input.width))), ("channels", .number(Double(entry.channels))),
            ("gflop", .number(entry.operations * 1e-9)), ("weights", .string(entry.weights)),
            ("licence", .string(entry.licence)), ("protocols", .array(entry.protocols.map(JSONValue.string))),
        ])
    }
}
