public import Foundation

/// What the launcher of MPI programs says of a process in its environment.
public struct LaunchedRank: Equatable, Sendable {
    /// Which rank the process is, from 0.
    public var rank: Int
    /// How many there are, where that is said.
    public var count: Int?
    /// The variables and their values.
    var fact: String

    /// - Parameter environment: that of the process.
    /// - Returns: nil where no launcher started the process, or started it alone.
    public init?(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        for (rank, count) in [
            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
            // What srun starts with PMIx.
            ("PMIX_RANK", "SLURM_STEP_NUM_TASKS"),
        ] {
            guard let index = number(rank) else { continue }
            let size = number(count)
            guard size != 1 else { return nil }
            self.rank = index
            self.count = size
            fact = "\(rank)=\(index)" + (size.map { " \(count)=\($0)" } ?? "")
            return
        }
        return nil
    }
}
