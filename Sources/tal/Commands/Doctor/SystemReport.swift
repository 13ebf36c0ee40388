import Features
import Foundation
import Tensors
import Video

/// What the program runs on, and what is wrong with it.
struct SystemReport {
    struct Problem: Equatable {
        var complaint: String
        var fix: String
    }

    /// The facts that problems are found from.
    struct Facts {
        var processor: Processor
        var environment: [String: String]
        var processors: Int
        /// Processors' worth of time that the container allows, where it limits it.
        var processorQuota: Double?
        var availableBytes: Int?
        var matrixKernel: String
        /// The precisions in which the program's own kernels run.
        var packedKernels: Set<ComputePrecision>
        /// Whether the processor is of the family that those kernels are written for.
        var isX86 = true
        var missingDecoders: [String]
        var writesH264: Bool
        var isOptimized: Bool
        /// Why FFmpeg cannot be used, if it cannot.
        var videoProblem: String?
    }

    static func currentFacts() -> Facts {
        Facts(
            processor: .current(), environment: ProcessInfo.processInfo.environment,
            processors: ProcessInfo.processInfo.activeProcessorCount, processorQuota: processorQuota(),
            availableBytes: availableBytes(), matrixKernel: MatrixLibrary.kernel,
            packedKernels: Set(ComputePrecision.allCases.filter(\.hasPackedKernels)), isX86: isX86,
            missingDecoders: FFmpegBuild.missingDecoders(among: ["h264", "hevc", "mpeg4", "vp9", "libdav1d"]),
            writesH264: FFmpegBuild.writesH264, isOptimized: isOptimized,
            videoProblem: FFmpegBuild.problem?.description)
    }

    static func problems(in facts: Facts) -> [Problem] {
        var problems: [Problem] = []
        if let forced = facts.environment["OPENBLAS_CORETYPE"] {
            problems.append(
                Problem(
                    complaint: "OPENBLAS_CORETYPE=\(forced) is set: matrix products use the kernels of that processor, "
                        + "which can halve the speed",
                    fix: "unset OPENBLAS_CORETYPE"))
        } else if facts.processor.hasAVX512, narrowKernels.contains(facts.matrixKernel.lowercased()) {
            problems.append(
                Problem(
                    complaint: "the processor has AVX-512, but OpenBLAS uses its \(facts.matrixKernel) kernels",
                    fix: "install a newer OpenBLAS, or one built with DYNAMIC_ARCH=1 (Debian: libopenblas0-pthread)"))
        } else if facts.processor.hasAVX2, ["prescott", "generic", "core2"].contains(facts.matrixKernel.lowercased()) {
            problems.append(
                Problem(
                    complaint: "the processor has AVX2, but OpenBLAS uses its \(facts.matrixKernel) kernels",
                    fix: "install an OpenBLAS built with DYNAMIC_ARCH=1 (Debian: libopenblas0-pthread)"))
        }
        if let quota = facts.processorQuota, quota < Double(facts.processors) {
            problems.append(
                Problem(
                    complaint: "this container may use \(ResultText.number(quota, 1)) processors' worth of time, but "
                        + "\(facts.processors) are visible",
                    fix: "call commands with --threads \(max(1, Int(quota)))"))
        }
        if let available = facts.availableBytes, available < 2 << 30 {
            problems.append(
                Problem(
                    complaint: "only \(available >> 20) MiB of memory are free",
                    fix: "close other programs; training large heads needs 2 GiB and more"))
        }
        if let problem = facts.videoProblem {
            problems.append(
                Problem(
                    complaint: "no video can be read or written",
                    fix: problem))
        } else if !facts.missingDecoders.isEmpty {
            problems.append(
                Problem(
                    complaint: "this FFmpeg cannot decode \(facts.missingDecoders.joined(separator: ", "))",
                    fix: "install a full build of FFmpeg's libavcodec, or convert such videos"))
        }
        if !facts.writesH264, facts.videoProblem == nil {
            problems.append(
                Problem(
                    complaint: "this FFmpeg has no x264: videos are written as MPEG-4",
                    fix: "install a libavcodec with x264 (Debian's has it)"))
        }
        if !facts.isOptimized {
            problems.append(
                Problem(
                    complaint: "the program was built for debugging and runs many times slower",
                    fix: "build it with: swift build -c release"))
        }
        return problems
    }

    /// Kernels of OpenBLAS that do not use AVX-512.
    private static let narrowKernels: Set<String> = [
        "generic", "core2", "nehalem", "prescott", "sandybridge", "haswell", "zen", "excavator", "steamroller",
        "bulldozer",
    ]

    // MARK: - This machine

    /// The version of the Swift compiler that built the program; only steps of it can be asked for.
    static let swiftVersion: String = {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1"
        #endif
    }()

    private static let isOptimized: Bool = {
        #if DEBUG
            false
        #else
            true
        #endif
    }()

    private static let isX86: Bool = {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }()

    /// The limit of control group version 2: `max 100000`, or two numbers of microseconds, processor time and period.
    private static func processorQuota() -> Double? {
        guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) else { return nil }
        let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], period > 0 else { return nil }
        return quota / period
    }

    private static func availableBytes() -> Int? {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
    }

    static var systemName: String {
        let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        return line.map { $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) }
            ?? ProcessInfo.processInfo.operatingSystemVersionString
    }
}
