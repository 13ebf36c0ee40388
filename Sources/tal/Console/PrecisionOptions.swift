public import ArgumentParser
import Tensors

/// The option of commands that run an encoder or a head.
struct PrecisionOptions: ParsableArguments {
    @Option(
        name: .long,
        help:
            "The data type of the computation: float32, or bfloat16 where the processor has AVX512-BF16 (up to twice as fast)."
    )
    var precision = ComputePrecision.float32
}

extension ComputePrecision: ExpressibleByArgument {}
