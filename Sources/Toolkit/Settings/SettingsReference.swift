import Configuration
import Encoders
import Evaluation
import Extraction
import Localization
import Pretraining
import SViLM

/// The page that lists every setting; `docs/settings.md` is its text.
public enum SettingsReference {
    /// A table of settings.
    private struct Table {
        var title: String
        var text: String
        var rows: [SettingsListing.Row]
    }

    /// - Throws: what encoding the settings throws.
    public static func markdown() throws -> String {
        let tables = try self.tables()
        var lines = [
            "# Settings", "",
            "Every key of every kind of configuration, with what holds where a file says nothing. A file names only what differs.",
            "A call changes one of them by `key.path=value`. `tal config actionformer` prints such settings as YAML that can be edited.",
            "This page is made by `scripts/settings`; the texts lie beside the settings in the sources.", "",
        ]
        lines += tables.map { "- [\($0.title)](#\(anchor($0.title)))" }
        for table in tables {
            lines += ["", "## \(table.title)", "", table.text, ""]
            lines += ["| key | default | unit | called | meaning |", "|---|---|---|---|---|"]
            lines += table.rows.filter { !$0.isSection }.map(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func tables() throws -> [Table] {
        func rows(_ settings: some Configurable) throws -> [SettingsListing.Row] { try SettingsListing(settings).rows }
        let heads = try HeadKind.allCases.map { kind in
            let all = try rows(LocalizationSettings.defaults { $0 == "head" ? kind.rawValue : nil })
            return Table(
                title: "Head \(kind.rawValue)", text: "`head: \(kind.rawValue)`, and the section of that name.",
                rows: all.filter { $0.path.first == kind.rawValue })
        }
        let common = try rows(LocalizationSettings()).filter { row in
            ["head", "class_agnostic", "window", "post_processing", "training"].contains(row.path.first)
        }
        return heads + [
            Table(
                title: "All heads", text: "What a configuration of a head has besides the section of the head.",
                rows: common),
            Table(
                title: "Pre-training", text: "The files of `configs/pretrain`.",
                rows: try rows(PretrainingConfiguration())),
            Table(
                title: "Adaptation",
                text: "What `tal adapt` begins with, where that is another value than that of a pre-training.",
                rows: try adaptation()),
            Table(
                title: "S-ViLM encoder", text: "Files with `kind: svilm`.", rows: try rows(EncoderConfiguration())),
            Table(
                title: "Published encoder", text: "Files with `kind: published`.",
                rows: try rows(PublishedEncoderConfiguration())),
            Table(title: "ONNX encoder", text: "Files with `kind: onnx`.", rows: try rows(ONNXSettings())),
            Table(
                title: "Frame difference", text: "Files with `kind: frame-difference`.",
                rows: try rows(FrameDifferenceConfiguration())),
            Table(title: "Motion", text: "Files with `kind: motion`.", rows: try rows(MotionConfiguration())),
            Table(
                title: "Protocol of an encoder", text: "The files of `configs/protocols`.",
                rows: try rows(EncoderProtocol())),
            Table(
                title: "Protocol of an evaluation", text: "What `tal evaluate` goes by.",
                rows: try rows(EvaluationProtocol())),
        ]
    }

    /// The settings of an adaptation that are not those of a pre-training, with the former as defaults.
    private static func adaptation() throws -> [SettingsListing.Row] {
        try SettingsListing(AdaptationJob.defaults).rows.filter { $0.value != $0.defaultValue }.map { row in
            var row = row
            row.defaultValue = row.value
            return row
        }
    }

    private static func line(_ row: SettingsListing.Row) -> String {
        var description = row.description
        description?.unit = nil
        description?.called = nil
        var plain = row
        plain.description = description
        let cells = [
            "`\(row.path.joined(separator: "."))`", "`\(row.defaultValue)`", row.description?.unit ?? "",
            row.description?.called.map { "`\($0)`" } ?? "", plain.words(withDefault: false),
        ]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    private static func anchor(_ title: String) -> String { title.lowercased().replacing(" ", with: "-") }
}
