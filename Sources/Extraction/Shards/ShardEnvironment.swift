/// What the variables of schedulers and launchers say of the process: which of how many it is.
///
/// - Slurm arrays: `SLURM_ARRAY_TASK_ID`, `_COUNT`, `_MIN`, `_STEP` (https://slurm.schedmd.com/job_array.html);
/// - `srun`: `SLURM_PROCID`, `SLURM_NTASKS`, and `SLURM_STEP_NUM_TASKS`, which only processes started by it have;
/// - MPI: `OMPI_COMM_WORLD_RANK` and `_SIZE`, `PMI_RANK` and `_SIZE`, `PMIX_RANK`;
/// - Indexed Jobs of Kubernetes: `JOB_COMPLETION_INDEX`, from 0, without the number of completions;
/// - GNU parallel: `PARALLEL_SEQ`, from 1, without the number of jobs.
struct ShardEnvironment {
    /// One of them at least is set in a process that a scheduler started.
    static let leadingVariables = [
        "SLURM_ARRAY_TASK_ID", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "JOB_COMPLETION_INDEX",
        "PARALLEL_SEQ",
    ]

    private let variables: [String: String]

    init(_ variables: [String: String]) { self.variables = variables }

    /// What one scheduler says.
    private struct Claim {
        /// From 0.
        var index: Int
        var count: Int?
        /// The variables and their values.
        var fact: String
    }

    /// The shard of this process.
    ///
    /// - Parameter declared: how many shards there are, where that is known without the variables.
    func shard(count declared: Int?) throws(ShardError) -> Shard {
        var claims: [Claim] = []
        for claim in [try array(), try launcher(), try kubernetes(), try parallel()] {
            if let claim { claims.append(claim) }
        }
        // A job of one process says nothing where something inside it starts several.
        let several = claims.filter { $0.count != 1 }
        if !several.isEmpty { claims = several }
        guard let claim = claims.first else { throw .noScheduler }
        if claims.count > 1 {
            throw .contradiction(
                facts: claims.map(\.fact), problem: "it is not plain which of them is meant; unset the others")
        }
        if let declared, let count = claim.count, declared != count {
            throw .contradiction(facts: [claim.fact], problem: "\(declared) shards were asked for")
        }
        guard let count = claim.count ?? declared else { throw .unknownCount(fact: claim.fact) }
        guard claim.index < count else {
            throw .contradiction(facts: [claim.fact], problem: "there are only \(count) shards")
        }
        guard count <= Shard.mostShards else {
            throw .contradiction(facts: [claim.fact], problem: "at most \(Shard.mostShards) shards are possible")
        }
        return Shard(claim.index, of: count)
    }

    // MARK: - Schedulers

    private func array() throws(ShardError) -> Claim? {
        guard let id = try number("SLURM_ARRAY_TASK_ID") else { return nil }
        let count = try required("SLURM_ARRAY_TASK_COUNT", beside: "SLURM_ARRAY_TASK_ID", atLeast: 1)
        let first = try required("SLURM_ARRAY_TASK_MIN", beside: "SLURM_ARRAY_TASK_ID")
        let step = try required("SLURM_ARRAY_TASK_STEP", beside: "SLURM_ARRAY_TASK_ID", atLeast: 1)
        let last = try number("SLURM_ARRAY_TASK_MAX")
        let names = ["ID", "COUNT", "MIN", "MAX", "STEP"].map { "SLURM_ARRAY_TASK_\($0)" }
        let fact = names.compactMap { name in variables[name].map { "\(name)=\($0)" } }.joined(separator: " ")
        let isOnStep = id >= first && (id - first) % step == 0 && (id - first) / step < count
        let isRegular = last.map { $0 == first + (count - 1) * step } ?? true
        guard isOnStep, isRegular else {
            throw .contradiction(
                facts: [fact], problem: "the array is not regular, such as 0-7 or 1-15:2, so its tasks have no numbers")
        }
        return Claim(index: (id - first) / step, count: count, fact: fact)
    }

    /// What started the process beside others. Ranks of MPI come first: `mpirun` itself is started by `srun`, whose variables
    /// its processes inherit.
    private func launcher() throws(ShardError) -> Claim? {
        let openMPI = try rank("OMPI_COMM_WORLD_RANK", size: "OMPI_COMM_WORLD_SIZE")
        let pmi = try rank("PMI_RANK", size: "PMI_SIZE")
        let pmix = try number("PMIX_RANK")
        var claims = [openMPI, pmi].compactMap(\.self)
        if claims.isEmpty, let srun = try srun() { claims.append(srun) }
        if let pmix { claims.append(Claim(index: pmix, count: nil, fact: "PMIX_RANK=\(pmix)")) }
        guard var claim = claims.first else { return nil }
        for other in claims.dropFirst() {
            guard other.index == claim.index, other.count == nil || other.count == claim.count else {
                throw .contradiction(facts: [claim.fact, other.fact], problem: "they cannot both be true")
            }
            claim.fact += ", \(other.fact)"
        }
        return claim
    }

    private func srun() throws(ShardError) -> Claim? {
        guard let index = try number("SLURM_PROCID") else { return nil }
        let total = try required("SLURM_NTASKS", beside: "SLURM_PROCID", atLeast: 1, orElse: 1)
        let fact = "SLURM_PROCID=\(index) SLURM_NTASKS=\(total)"
        guard let step = try number("SLURM_STEP_NUM_TASKS") else {
            // A batch script runs once and has the number of tasks that it may start.
            guard total == 1 else {
                if variables["SLURM_ARRAY_TASK_ID"] != nil || variables["PARALLEL_SEQ"] != nil { return nil }
                throw .contradiction(
                    facts: [fact],
                    problem:
                        "SLURM_STEP_NUM_TASKS is not set, so this process was not started by srun and is the only one")
            }
            return Claim(index: 0, count: 1, fact: fact)
        }
        guard step == total else {
            throw .contradiction(facts: [fact, "SLURM_STEP_NUM_TASKS=\(step)"], problem: "they cannot both be true")
        }
        return Claim(index: index, count: total, fact: fact)
    }

    private func kubernetes() throws(ShardError) -> Claim? {
        try number("JOB_COMPLETION_INDEX").map { Claim(index: $0, count: nil, fact: "JOB_COMPLETION_INDEX=\($0)") }
    }

    private func parallel() throws(ShardError) -> Claim? {
        try number("PARALLEL_SEQ", atLeast: 1).map { Claim(index: $0 - 1, count: nil, fact: "PARALLEL_SEQ=\($0)") }
    }

    private func rank(_ rank: String, size: String) throws(ShardError) -> Claim? {
        guard let index = try number(rank) else { return nil }
        let count = try required(size, beside: rank, atLeast: 1)
        return Claim(index: index, count: count, fact: "\(rank)=\(index) \(size)=\(count)")
    }

    // MARK: - Variables

    /// A whole number; nil where the variable is not set.
    private func number(_ name: String, atLeast least: Int = 0) throws(ShardError) -> Int? {
        guard let text = variables[name] else { return nil }
        guard let number = Int(text), number >= least, number < 1 << 40 else {
            throw .wrongVariable(name: name, value: text, expected: "a whole number from \(least)")
        }
        return number
    }

    private func required(
        _ name: String, beside other: String, atLeast least: Int = 0, orElse standard: Int? = nil
    ) throws(ShardError) -> Int {
        if let number = try number(name, atLeast: least) ?? standard { return number }
        throw .missingVariable(name: name, beside: "\(other)=\(variables[other] ?? "")")
    }
}
