import Foundation
import TestSupport
import Testing

/// Programs that `mpirun` starts as several ranks on this machine.
enum MPI {
    static let isPresent = (try? RunProcess.run("mpirun", ["--version"]).status) == 0

    /// Tests may run as root, in a container, and on fewer processors than ranks.
    static let environment = [
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
    ]

    static func start(_ ranks: Int, _ arguments: [String]) throws -> RunProcess {
        try RunProcess("mpirun", ["-n", "\(ranks)", Program.url.path] + arguments, environment: environment)
    }

    static func run(_ ranks: Int, _ arguments: [String]) throws -> RunProcess.Result {
        try start(ranks, arguments).finish()
    }
}

@Suite("Ranks: what mpirun starts", .enabled(if: MPI.isPresent, "mpirun is not installed"), .serialized)
struct RankTests {
    @Test(
        "sums and messages arrive on all ranks",
        arguments: [(2, "none"), (3, "none"), (2, "bfloat16"), (3, "bfloat16")])
    func exchange(ranks: Int, compression: String) throws {
        let run = try MPI.run(
            ranks,
            ["benchmark", "exchange", "--megabytes", "8", "--bucket-megabytes", "2", "--compression", compression])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Open MPI"))
        // Only the first rank speaks.
        #expect(run.output.components(separatedBy: "sent by each rank").count == 2, "\(run.output)")
    }

    @Test("an error that all ranks meet is said once")
    func sameError() throws {
        let run = try MPI.run(2, ["benchmark", "exchange", "--megabytes", "0"])
        #expect(run.status == 2)
        #expect(run.errors.components(separatedBy: "tal: ").count == 2, "\(run.errors)")
    }
}
