import CKernels
import CMPI
import Foundation
import Networks
import TestSupport
import Testing

@testable import MessagePassing

@Suite("Message passing: launchers, the library, bfloat16")
struct MessagePassingTests {
    @Test(
        "a process knows from its launcher which of how many it is",
        arguments: [
            ([:], nil),
            (["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"], (1, 2)),
            (["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"], nil),
            (["PMI_RANK": "3", "PMI_SIZE": "4"], (3, 4)),
            (["PMIX_RANK": "3"], (3, nil)),
            (["PMIX_RANK": "3", "SLURM_STEP_NUM_TASKS": "8"], (3, 8)),
            (["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "1"], nil),
            (["SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "8"], nil),
        ] as [([String: String], (Int, Int?)?)])
    func launchers(environment: [String: String], expected: (Int, Int?)?) {
        let found = LaunchedRank(environment)
        #expect(found?.rank == expected?.0)
        #expect(found?.count == expected?.1)
    }

    @Test("a library that is not there, or is none of Open MPI, is an error that says how the process was started")
    func libraries() throws {
        let launched = try #require(LaunchedRank(["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"]))
        for (library, problem) in [("/nowhere/libmpi.so.40", "cannot open"), ("libm.so.6", "MPI_Get_library_version")] {
            let error = #expect(throws: MessagePassingError.self) {
                _ = try MPICommunicator(launched, environment: ["TAL_MPI": library])
            }
            let text = error?.description ?? ""
            #expect(text.contains("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2"), "\(text)")
            #expect(text.contains(library) && text.contains(problem) && text.contains("install Open MPI"), "\(text)")
        }
    }

    /// A library with MPI's function and another maker's name.
    @Test("MPICH is refused, because its handles are numbers")
    func otherMaker() throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("other.c"), library = folder.appendingPathComponent("other.so")
            let code = """
                #include <string.h>
                int MPI_Get_library_version(char *text, int *length) {
                    strcpy(text, "MPICH Version: 4.2.0\\nMPICH Device: ch4");
                    *length = (int)strlen(text);
                    return 0;
                }
                """
            try Data(code.utf8).write(to: source)
            let compiled = try RunProcess.run("cc", ["-shared", "-fPIC", "-o", library.path, source.path])
            try #require(compiled.status == 0, "\(compiled.errors)")
            let launched = try #require(LaunchedRank(["PMI_RANK": "1", "PMI_SIZE": "2"]))
            let error = #expect(throws: MessagePassingError.self) {
                _ = try MPICommunicator(launched, environment: ["TAL_MPI": library.path])
            }
            #expect(
                error?.description.contains("is MPICH Version: 4.2.0, and only Open MPI 4 and 5 can be used") == true)
        }
    }

    @Test("numbers are rounded to the nearest bfloat16, ties to even, and widened without loss")
    func bfloat16() {
        let values: [Float] = [0, -0.0, 1, 1.00390625, 1.01171875, -3.1415927, 3e38, .infinity, -.infinity, .nan]
        let expected: [Float] = [
            0, -0.0, 1, 1, 1.015625, -3.140625, Float(bitPattern: 0x7F62_0000), .infinity, -.infinity, .nan,
        ]
        var rounded = [UInt16](repeating: 0, count: values.count)
        var widened = [Float](repeating: 0, count: values.count)
        tal_round_to_bfloat16(&rounded, values, values.count)
        tal_widen_bfloat16(&widened, rounded, values.count)
        for index in values.indices {
            let (found, wanted) = (widened[index], expected[index])
            #expect(
                found.isNaN == wanted.isNaN
                    && (found.isNaN || abs(found - wanted) <= 1e-4 * abs(wanted) || found == wanted))
        }
        var sum = widened
        tal_add_bfloat16(&sum, rounded, rounded.count)
        #expect(sum[5] == 2 * widened[5])
    }

    @Test("a process by itself needs nobody")
    func alone() throws {
        let alone = SingleProcess()
        #expect(alone.isAlone && alone.isFirst)
        #expect(alone.gather([1, 2]) == [[1, 2]] && alone.broadcast([3]) == [3])
        #expect(try alone.sum([1.5, 2]) == [1.5, 2])
        #expect(try alone.any(true) && !alone.any(false))
        let buffer = ExchangeBuffer(atLeast: 3, ranks: 1)
        _ = buffer.numbers.update(from: [1, 2, 3])
        try alone.startSum(of: buffer, compression: .bfloat16).wait()
        #expect(Array(buffer.numbers) == [1, 2, 3])
    }
}
