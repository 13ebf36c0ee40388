import Extraction
import Features
import Files
import Tensors
import Toolkit
import Video

/// What an extraction did, in one line.
enum ExtractionText {
    static func summary(_ report: ExtractionReport, store: String) -> String {
        var text = "\(store): \(report.extracted.count) extracted, \(report.alreadyDone.count) there already"
        if !report.failures.isEmpty { text += ", \(report.failures.count) failed" }
        if report.clipCount > 0 {
            let timing = report.timing
            let rate = Double(report.clipCount) / max(timing.total, 1e-9)
            text +=
                "; \(report.clipCount) clips, \(ResultText.number(rate, 1)) clips/s, encoder busy "
                + "\(ResultText.number(100 * timing.encoding / max(timing.total, 1e-9), 0)) %"
        }
        return text
    }

    /// What an extraction that ended early leaves, and how to go on.
    ///
    /// - Parameters:
    ///   - report: of the extraction.
    ///   - replaces: whether videos that were in the store were extracted too, which begins with the first one each time.
    ///   - command: the command line.
    static func interruption(
        _ report: ExtractionJob.Report, replaces: Bool, command: String = CommandLineText.present()
    ) -> String {
        let count = "\(report.batch.succeeded) of \(report.videoCount) videos"
        return replaces
            ? "\(count) were extracted into \(report.store), and what it held of the others is unchanged; begin again with: "
                + command
            : "\(count) are in \(report.store); go on with: \(command)"
    }

    /// What became of each video, for programs.
    static func json(_ report: ExtractionJob.Report, _ outcome: BatchOutcome, store: String) -> JSONValue {
        let extraction = report.extraction
        let origin = report.encoder.origin
        func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        func objects(_ pairs: [(String, String)]) -> JSONValue {
            .array(pairs.map { .object([("video", .string($0)), ("reason", .string($1))]) })
        }
        return .object([
            ("store", .string(store)), ("encoder", .string(origin.encoder)),
            ("weights_sha256", origin.weightsSHA256.isEmpty ? .null : .string(origin.weightsSHA256)),
            ("precision", origin.encoderPrecision.map { .string($0) } ?? .null),
            ("videos", .number(Double(report.videoCount))), ("extracted", strings(extraction?.extracted ?? [])),
            ("replaced", strings(extraction?.replaced ?? [])), ("already_done", strings(extraction?.alreadyDone ?? [])),
            ("failed", objects(outcome.failures.map { ($0.item, $0.reason) })),
            ("warnings", objects((extraction?.warnings ?? []).map { ($0.video.id, "\($0.warning)") })),
            ("interrupted", .boolean(extraction?.wasInterrupted ?? false)),
            ("clips", .number(Double(extraction?.clipCount ?? 0))),
            ("seconds", .number(extraction?.timing.total ?? 0)),
        ])
    }

    /// Where the time went; decoding and preprocessing happen beside the encoder.
    static func profile(_ report: ExtractionReport, encoder: any SnippetEncoder) -> String {
        let timing = report.timing
        var table = TextTable([.left("work"), .right("seconds"), .right("share")])
        func add(_ name: String, _ seconds: Double) {
            let share = ResultText.number(100 * seconds / max(timing.total, 1e-9), 1) + " %"
            table.add(name, ResultText.number(seconds, 3), share)
        }
        add("waiting for clips", timing.waitingForClips)
        add("encode", timing.encoding)
        add("write", timing.writing)
        add("beside: decode", timing.sampling.decoding)
        add("beside: preprocess", timing.sampling.preprocessing)
        var text = table.description
        if let engine = encoder.engine { text += "\nencoder: \(engine)" }
        if let operations = encoder.operationsPerClip, timing.encoding > 0 {
            let rate = operations * Double(report.clipCount) / timing.encoding * 1e-9
            let sgemm = MatrixLibrary.measureRate() * 1e-9
            text +=
                "\nencoder: \(ResultText.number(rate, 1)) GFLOP/s, \(ResultText.number(100 * rate / sgemm, 0)) % of the "
                + "\(ResultText.number(sgemm, 1)) GFLOP/s of sgemm"
        }
        return text
    }
}
