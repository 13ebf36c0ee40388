import Foundation

/// What the processor offers, as the system tells it.
struct Processor: Equatable {
    var name: String
    var features: Set<String>

    /// - Parameter text: the content of `/proc/cpuinfo`.
    init(cpuInformation text: String) {
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            // The first processor stands for all.
            if parts.count == 2, fields[parts[0]] == nil { fields[parts[0]] = parts[1] }
        }
        name = fields["model name"] ?? "unknown processor"
        features = Set((fields["flags"] ?? fields["Features"] ?? "").split(separator: " ").map(String.init))
    }

    /// That of this machine.
    static func current() -> Processor {
        Processor(cpuInformation: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")
    }

    /// The features that matter for speed and are there.
    var relevantFeatures: [String] {
        ["fma", "avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16", "sve"].filter(features.contains)
    }

    var hasAVX512: Bool { features.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) }
    var hasAVX2: Bool { features.isSuperset(of: ["avx2", "fma"]) }

    /// Which clone of the vectorised loops runs.
    var loopVariant: String {
        #if arch(x86_64)
            hasAVX512 ? "x86-64-v4 (AVX-512)" : hasAVX2 ? "x86-64-v3 (AVX2)" : "x86-64 (SSE2)"
        #else
            "NEON"
        #endif
    }
}
