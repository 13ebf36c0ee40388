import ArgumentParser
import SViLM

/// The option of commands that run an encoder.
struct PrecisionOptions: ParsableArguments {
    @Option(
        name: .long,
        help:
            "The encoder's arithmetic: float32, or bfloat16 where the processor has AVX512-BF16 (about twice as fast).")
    var precision = ComputePrecision.float32
}

extension ComputePrecision: ExpressibleByArgument {}
