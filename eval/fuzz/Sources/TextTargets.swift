import Evaluation
import Foundation
import Tensors

@testable import Annotations
@testable import Configuration
@testable import Encoders
@testable import Features
@testable import Files
@testable import Localization
@testable import ModelImport
@testable import SViLM
@testable import Toolkit
@testable import Video

extension FuzzTarget {
    /// The JSON reader, and what reads whole JSON files of one layout.
    static let json = FuzzTarget("json", file: "input.json") { path, bytes in
        try each([
            {
                var json = try JSONReader(path: path)
                try json.skipValue()
                try json.finish()
            },
            {
                var json = try JSONReader(path: path)
                _ = try JSONTree(&json)
                try json.finish()
            },
            { _ = JSONSketch(bytes, path: path) },
            { _ = try MomentQuery.read(path) },
            { _ = try FeatureGridFile([path], of: "a folder").grid(of: "v", facts: nil) },
            { _ = try ModelConfiguration(path: path).section("vision_config").count("hidden_size") },
            { _ = try VideoScoreFile(settings: ScoreFusionSettings(), path: path).read() },
        ])
    }

    /// Every reader of annotations and predictions. The first byte chooses the format and the options, so that formats with
    /// faint marks are met as often as the others.
    static let annotations = FuzzTarget("annotations", file: "input.txt") { path, bytes in
        guard let first = bytes.first else { return }
        let formats = AnnotationFormat.all
        var options = ReadingOptions()
        let index = Int(first) % (formats.count + 1)
        if index < formats.count { options.format = formats[index] }
        if first & 0x80 != 0 { options.framesPerSecond = 25 }
        let content = Array(bytes.dropFirst())
        func source() throws -> SourceFile { try SourceFile(bytes: content, path: path) }
        try each([
            {
                let file = try source()
                if TarArchive.isArchive(file.start) {
                    try Oracle.check(AnnotationFolder.read(members: TarArchive.members(file), path, options))
                } else {
                    let set = try AnnotationReader.read(file, options)
                    try Oracle.check(set)
                    for format in formats where format.isWritten && first & 0x40 != 0 {
                        var losses = Losses()
                        _ = try format.write?(set, WritingOptions(), &losses)
                    }
                }
            },
            {
                _ = try DetectionFile.read(
                    source(), needsSegments: true, labelField: .action, durations: ["v": 10])
            },
        ])
    }

    /// Tables of segments, as the reader itself recognises them: with and without a header, of data sets and of BORIS, a label or a flag a
    /// frame. The first byte chooses the rate, the unit and the label.
    static let tables = FuzzTarget("tables", file: "input.csv") { path, bytes in
        try read(bytes, as: [.csv, .tsv, .borisTable, .frameTable, .frameLabels, .via3Table, .proposalTable], path)
    }

    /// The formats of tools that are XML.
    static let markup = FuzzTarget("markup", file: "input.eaf") { path, bytes in
        try read(bytes, as: [.elan, .cvat], path)
    }

    /// Texts of labels and times.
    static let subtitles = FuzzTarget("subtitles", file: "input.srt") { path, bytes in
        try read(bytes, as: [.subRip, .webVTT, .audacity, .praat, .ctm, .jwatcher, .kth], path)
    }

    /// Reads a text by every one of some formats, and writes what was read in all formats.
    private static func read(_ bytes: [UInt8], as formats: [AnnotationFormat], _ path: String) throws {
        guard let first = bytes.first else { return }
        let content = Array(bytes.dropFirst())
        var options = ReadingOptions()
        if first & 1 != 0 { options.framesPerSecond = 29.97 }
        if first & 2 != 0 { options.unit = .frames }
        options.labelField = [.verb, .noun, .action, .narration][Int(first >> 2 & 3)]
        try each(
            formats.map { format in
                {
                    var options = options
                    options.format = format
                    let set = try AnnotationReader.read(SourceFile(bytes: content, path: path), options)
                    try Oracle.check(set)
                    // A label for each frame of many hours takes its time, and is no fault.
                    let end = set.videos.flatMap(\.segments).map(\.segment.end).max() ?? 0
                    guard first & 0x40 != 0, end < 10_000 else { return }
                    for format in AnnotationFormat.all where format.isWritten {
                        var losses = Losses()
                        _ = try format.write?(set, WritingOptions(framesPerSecond: options.framesPerSecond), &losses)
                    }
                }
            } + [{ _ = try AnnotationReader.recognized(SourceFile(bytes: content, path: path)) }])
    }

    /// Tables, lists of labels and videos, captions and questions.
    static let lists = FuzzTarget("lists", file: "input.csv") { path, bytes in
        try each([
            { _ = try CSVTable(path: path, bytes: bytes, delimiter: CSVTable.delimiter(of: bytes)) },
            { try Oracle.check(CSVArray.read(path)) },
            { _ = try ClassNames(contentsOf: path) },
            { _ = try LabelFile.read(path) },
            { _ = try LabelledVideos(path: path, part: .training) },
            { _ = try CaptionSet(path: path) },
            { _ = try QuestionSet(path: path) },
            { _ = try PretrainingManifest(path: path) },
        ])
    }

    /// Settings: every structure of which a user may give a file, overrides of single keys, and grids. The first byte chooses,
    /// because the large structures take long.
    static let yaml = FuzzTarget("yaml", file: "input.yaml") { path, bytes in
        guard let first = bytes.first else { return }
        let content = Array(bytes.dropFirst())
        try Data(content).write(to: URL(fileURLWithPath: path))
        let line = String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        switch first % 10 {
        case 0: _ = try ConfigurationFile.load(LocalizationSettings.self, from: path)
        case 1: _ = try ConfigurationFile.load(DataManifest.self, from: path)
        case 2: _ = try ConfigurationFile.load(EvaluationProtocol.self, from: path)
        case 3: _ = try ConfigurationFile.load(EncoderProtocol.self, from: path)
        case 4: _ = try ConfigurationFile.load(EncoderConfiguration.self, from: path)
        case 5: _ = try ConfigurationFile.decode(FeatureContract.self, from: "", file: "f", overrides: [line])
        case 6: _ = try ConfigurationFile.decode(LocalizationSettings.self, from: "", file: "f", overrides: [line])
        case 7: _ = try OfficialSettings.read(path)
        case 8:
            var grid = SettingsGrid()
            try grid.add(contentsOf: path)
        default: _ = try ConfigurationFile.load(FeatureContract.self, from: path)
        }
    }

    /// Configurations written as Python.
    static let python = FuzzTarget("python", file: "input.py") { path, _ in _ = try OpenTADSettings.read(path) }

    /// Vocabularies: the first byte chooses the kind; the file ends at the first byte 0, and a text follows that is cut into its
    /// pieces.
    static let vocabulary = FuzzTarget("vocabulary", file: "vocabulary.txt") { path, bytes in
        guard let first = bytes.first else { return }
        let content = bytes.dropFirst()
        let end = content.firstIndex(of: 0) ?? content.endIndex
        let text = String(decoding: content[end...].dropFirst(), as: UTF8.self)
        try Data(content[..<end]).write(to: URL(fileURLWithPath: path))
        let tokens: [Int]
        switch first & 3 {
        case 1: tokens = try CLIPTokenizer(merges: path).encode(text, maximumLength: 32)
        case 3: tokens = try BytePairTokenizer(path: path).encode(text, length: 32)
        default:
            let tokenizer = WordPieceTokenizer(try WordPieceVocabulary(path: path))
            tokens = tokenizer.encode(text, maximumLength: 32)
            _ = tokenizer.unknownWords(in: text)
        }
        try BrokenPromise.unless(tokens.count <= 32, "\(tokens.count) tokens of at most 32")
    }
}
