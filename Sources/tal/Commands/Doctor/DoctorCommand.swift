import ArgumentParser
import Evaluation
import Features
import Files
import Foundation
import Tensors
import Video

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what the program runs on, and what is wrong with it.",
        discussion: """
            The status is 0 also when something could be better: what is listed costs speed or some kind of file.

            Example:
              tal doctor
            """)

    @Option(name: .long, help: .value("file.json", "Write the same as JSON to this file."), completion: .json)
    var json: String?

    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        try Outputs.check(json)
        let facts = SystemReport.currentFacts()
        let problems = SystemReport.problems(in: facts)
        if let json { try Self.value(facts, problems).write(to: json) }
        guard json != "-" else { return }
        if !consoleOptions.quiet { print(Self.overview(facts), terminator: "\n\n") }
        for problem in problems {
            print("problem: \(problem.complaint)")
            print("   fix: \(problem.fix)")
        }
        if problems.isEmpty, !consoleOptions.quiet { print("Nothing is wrong.") }
    }

    private static func overview(_ facts: SystemReport.Facts) -> String {
        let processor = facts.processor
        let memory = facts.availableBytes.map { "\(ResultText.number(Double($0) / 0x1p30, 1)) GiB free of " } ?? ""
        let total = ResultText.number(Double(ProcessInfo.processInfo.physicalMemory) / 0x1p30, 1)
        let rows: [(String, String)] =
            [
                ("tal", "\(Tal.configuration.version), \(facts.isOptimized ? "release" : "debug") build"),
                ("Swift", SystemReport.swiftVersion),
                ("system", SystemReport.systemName),
                ("processor", "\(processor.name), \(facts.processors) usable"),
                ("", processor.relevantFeatures.joined(separator: " ")),
                ("own loops", processor.loopVariant),
            ] + EngineText.lines(facts).map { ($0.precision.rawValue, $0.text) } + [
                ("memory", "\(memory)\(total) GiB"),
                ("OpenBLAS", MatrixLibrary.configuration),
                ("", "kernels \(facts.matrixKernel), one thread for each product or piece of one"),
                ("FFmpeg", FFmpegBuild.version),
                ("HDF5", FeatureSources.hdf5Version),
            ]
        return rows.map { label, text in
            label.padding(toLength: 11, withPad: " ", startingAt: 0) + text
        }.joined(separator: "\n")
    }

    private static func value(_ facts: SystemReport.Facts, _ problems: [SystemReport.Problem]) -> JSONValue {
        let processor = facts.processor
        return .object([
            ("version", .string(Tal.configuration.version)),
            ("commit", VersionText.commit.map { .string($0) } ?? .null),
            ("build", .string(facts.isOptimized ? "release" : "debug")), ("swift", .string(SystemReport.swiftVersion)),
            ("system", .string(SystemReport.systemName)), ("processor", .string(processor.name)),
            ("processors", .number(Double(facts.processors))),
            ("processor_features", .array(processor.relevantFeatures.map { .string($0) })),
            ("own_loops", .string(processor.loopVariant)),
            ("packed_kernels", .array(facts.packedKernels.map(\.rawValue).sorted().map { .string($0) })),
            ("memory_bytes", .number(Double(ProcessInfo.processInfo.physicalMemory))),
            ("memory_available_bytes", facts.availableBytes.map { .number(Double($0)) } ?? .null),
            ("openblas", .string(MatrixLibrary.configuration)), ("openblas_kernels", .string(facts.matrixKernel)),
            ("openblas_threads", .number(1)), ("ffmpeg", .string(FFmpegBuild.version)),
            ("hdf5", .string(FeatureSources.hdf5Version)),
            (
                "problems",
                .array(
                    problems.map { .object([("problem", .string($0.complaint)), ("fix", .string($0.fix))]) })
            ),
        ])
    }
}
