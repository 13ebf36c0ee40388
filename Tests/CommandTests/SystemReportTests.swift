import Tensors
import TestSupport
import Testing

@testable import tal

@Suite("tal doctor")
struct SystemReportTests {
    private static let avx512 =
        "model name : Some CPU\nflags : fma avx2 avx512f avx512bw avx512dq avx512vl avx512_bf16\n"

    private static func facts(_ change: (inout SystemReport.Facts) -> Void = { _ in }) -> SystemReport.Facts {
        var facts = SystemReport.Facts(
            processor: Processor(cpuInformation: avx512), environment: [:], processors: 4, processorQuota: nil,
            availableBytes: 8 << 30, matrixKernel: "SkylakeX",
            packedKernels: [.float32, .bfloat16],
            missingDecoders: [], writesH264: true, isOptimized: true)
        change(&facts)
        return facts
    }

    @Test("nothing is found wrong with a healthy machine")
    func healthy() {
        #expect(SystemReport.problems(in: Self.facts()).isEmpty)
    }

    @Test("each fault is found with its fix")
    func faults() throws {
        let faults: [(fix: String, change: (inout SystemReport.Facts) -> Void)] = [
            ("unset OPENBLAS_CORETYPE", { $0.environment["OPENBLAS_CORETYPE"] = "Haswell" }),
            ("libopenblas0-pthread", { $0.matrixKernel = "Haswell" }),
            ("--threads 1", { $0.processorQuota = 1.5 }),
            ("2 GiB", { $0.availableBytes = 1 << 30 }),
            ("libavcodec", { $0.missingDecoders = ["hevc"] }),
            ("x264", { $0.writesH264 = false }),
            ("install libavcodec59", { $0.videoProblem = "install libavcodec59" }),
            ("-c release", { $0.isOptimized = false }),
        ]
        for (mend, change) in faults {
            let problems = SystemReport.problems(in: Self.facts(change))
            #expect(problems.count == 1)
            #expect(try #require(problems.first).fix.contains(mend))
        }
    }

    @Test("the processor is read as Linux describes it")
    func processor() {
        let processor = Processor(cpuInformation: Self.avx512 + "model name : Other\nflags : none\n")
        #expect(processor.name == "Some CPU")
        #expect(processor.hasAVX2 && processor.hasAVX512)
        #expect(processor.relevantFeatures == ["fma", "avx2", "avx512f", "avx512_bf16"])
        #expect(!Processor(cpuInformation: "").hasAVX2)
    }

    private static func engine(
        _ precision: ComputePrecision, _ change: (inout SystemReport.Facts) -> Void = { _ in }
    ) throws -> String {
        try #require(EngineText.lines(facts(change)).first { $0.precision == precision }).text
    }

    @Test("it says which kernels run in each precision, and why")
    func engines() throws {
        #expect(
            try Self.engine(.float32).hasPrefix("the program's AVX-512 kernels, by default; the processor has avx512f"))
        #expect(try Self.engine(.bfloat16).hasPrefix("the program's AVX512-BF16 kernels"))
        let older = Processor(cpuInformation: "flags : fma avx2\n")
        let narrow = { (facts: inout SystemReport.Facts) in
            facts.processor = older
            facts.packedKernels = []
        }
        #expect(
            try Self.engine(.float32, narrow)
                == "OpenBLAS (SkylakeX kernels) and plain tensor operations; the processor has no avx512f, avx512bw, "
                + "avx512dq and avx512vl")
        #expect(try Self.engine(.bfloat16, narrow).hasSuffix("avx512vl and avx512_bf16"))
        let halfless = { (facts: inout SystemReport.Facts) in
            facts.processor.features.remove("avx512_bf16")
            facts.packedKernels = [.float32]
        }
        #expect(try Self.engine(.bfloat16, halfless) == "not available; the processor has no avx512_bf16")
        #expect(
            try Self.engine(.float32) { $0.packedKernels = [] }.contains(
                "the system does not let the program use avx512f"))
        let other = { (facts: inout SystemReport.Facts) in
            facts.isX86 = false
            facts.packedKernels = []
        }
        #expect(try Self.engine(.bfloat16, other) == "not available; the program's kernels are for x86-64 only")
    }

    @Test("the engine that it names is the one that runs")
    func engineOfThisMachine() throws {
        for (precision, text) in EngineText.lines(SystemReport.currentFacts()) {
            #expect(text.contains("the program's AVX") == precision.hasPackedKernels)
            #expect(
                !precision.hasPackedKernels || text.contains(MatrixLibrary.matmulKernel(precision) + " kernels"))
        }
    }

    @Test("the command names every library and ends with status 0")
    func command() throws {
        let run = try Program.run(["doctor"], environment: ["OPENBLAS_CORETYPE": "Haswell"])
        #expect(run.status == 0)
        for word in ["Swift", "OpenBLAS", "FFmpeg", "HDF5", "float32", "bfloat16", "unset OPENBLAS_CORETYPE"] {
            #expect(run.output.contains(word))
        }
    }
}
