import Testing

@testable import Extraction

@Suite("shards: which one a process has")
struct ShardTests {
    @Test("a shard is written as its number, from 0, and their count")
    func texts() throws {
        #expect(try ShardChoice("1/8") == .given(Shard(1, of: 8)))
        #expect(try ShardChoice("0/8") == .given(Shard(0, of: 8)))
        #expect(try ShardChoice("auto") == .automatic(count: nil))
        #expect(try ShardChoice("auto/6") == .automatic(count: 6))
        for wrong in [
            "", "8/8", "9/8", "1/0", "-1/8", "+1/8", " 1/8", "1", "1/8/2", "a/b", "auto/0", "auto/", "/8", "AUTO",
        ] {
            #expect(throws: ShardError.self) { try ShardChoice(wrong) }
        }
        #expect(
            throws: ShardError.malformed("8/8", problem: "shards are counted from 0, so the 8 of them are 0/8 to 7/8")
        ) {
            try ShardChoice("8/8")
        }
    }

    @Test("each shard has a file of its own, and names sort as shards do")
    func paths() {
        #expect(Shard(1, of: 8).path(of: "f.h5") == "f.1-of-8.h5")
        #expect(Shard(1, of: 16).path(of: "a.b/f.h5") == "a.b/f.01-of-16.h5")
        #expect(Shard(0, of: 1).path(of: "a.b/f") == "a.b/f.0-of-1")
        let paths = (0..<120).map { Shard($0, of: 120).path(of: "f.h5") }
        #expect(paths == paths.sorted() && Set(paths).count == 120)
    }

    /// Variables, the number of shards where it is said, and the shard.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var variables: [String: String]
        var count: Int?
        var expected: Shard
        var testDescription: String { name }
    }

    static func array(_ id: Int, _ count: Int, _ first: Int, _ last: Int, _ step: Int) -> [String: String] {
        [
            "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_COUNT": "\(count)", "SLURM_ARRAY_TASK_MIN": "\(first)",
            "SLURM_ARRAY_TASK_MAX": "\(last)", "SLURM_ARRAY_TASK_STEP": "\(step)",
        ]
    }

    static func srun(_ rank: Int, _ count: Int) -> [String: String] {
        ["SLURM_PROCID": "\(rank)", "SLURM_NTASKS": "\(count)", "SLURM_STEP_NUM_TASKS": "\(count)"]
    }

    static let cases: [Case] = [
        Case(name: "array 0-5", variables: array(0, 6, 0, 5, 1), expected: Shard(0, of: 6)),
        Case(name: "array 0-5, last", variables: array(5, 6, 0, 5, 1), expected: Shard(5, of: 6)),
        Case(name: "array 1-15:2", variables: array(7, 8, 1, 15, 2), expected: Shard(3, of: 8)),
        Case(
            name: "array without its last number",
            variables: array(3, 6, 0, 5, 1).filter { $0.key != "SLURM_ARRAY_TASK_MAX" }, expected: Shard(3, of: 6)),
        Case(name: "array, count said too", variables: array(3, 6, 0, 5, 1), count: 6, expected: Shard(3, of: 6)),
        Case(
            name: "array whose script has more tasks",
            variables: array(2, 6, 0, 5, 1).merging(["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]) { $1 },
            expected: Shard(2, of: 6)),
        Case(
            name: "array whose tasks start one process by srun",
            variables: array(2, 6, 0, 5, 1).merging(srun(0, 1)) { $1 }, expected: Shard(2, of: 6)),
        Case(name: "srun", variables: srun(3, 8), expected: Shard(3, of: 8)),
        Case(name: "srun of one", variables: srun(0, 1), expected: Shard(0, of: 1)),
        Case(
            name: "srun with PMIx", variables: srun(3, 8).merging(["PMIX_RANK": "3"]) { $1 }, expected: Shard(3, of: 8)),
        Case(
            name: "Open MPI", variables: ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "4", "PMIX_RANK": "0"],
            expected: Shard(0, of: 4)),
        Case(
            name: "mpirun inside Slurm",
            variables: srun(1, 2).merging(["OMPI_COMM_WORLD_RANK": "9", "OMPI_COMM_WORLD_SIZE": "16"]) { $1 },
            expected: Shard(9, of: 16)),
        Case(name: "PMI", variables: ["PMI_RANK": "2", "PMI_SIZE": "3"], expected: Shard(2, of: 3)),
        Case(name: "PMIx", variables: ["PMIX_RANK": "2"], count: 3, expected: Shard(2, of: 3)),
        Case(name: "Kubernetes", variables: ["JOB_COMPLETION_INDEX": "0"], count: 5, expected: Shard(0, of: 5)),
        Case(name: "Kubernetes, last", variables: ["JOB_COMPLETION_INDEX": "4"], count: 5, expected: Shard(4, of: 5)),
        Case(name: "GNU parallel", variables: ["PARALLEL_SEQ": "1"], count: 5, expected: Shard(0, of: 5)),
        Case(
            name: "GNU parallel in a job of one task", variables: srun(0, 1).merging(["PARALLEL_SEQ": "5"]) { $1 },
            count: 5, expected: Shard(4, of: 5)),
    ]

    @Test("schedulers say it in variables", arguments: cases)
    func schedulers(_ example: Case) throws {
        let shard = try ShardChoice.automatic(count: example.count).resolved(environment: example.variables)
        #expect(shard == example.expected)
    }

    /// Variables, the number of shards where it is said, and what the error must name.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var variables: [String: String]
        var count: Int?
        var named: [String]
        var testDescription: String { name }
    }

    static let refusals: [Refusal] = [
        Refusal(name: "nothing", variables: [:], named: ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"]),
        Refusal(
            name: "no number", variables: array(0, 6, 0, 5, 1).merging(["SLURM_ARRAY_TASK_ID": "x"]) { $1 },
            named: ["SLURM_ARRAY_TASK_ID is 'x'"]),
        Refusal(
            name: "empty", variables: ["JOB_COMPLETION_INDEX": ""], count: 5, named: ["JOB_COMPLETION_INDEX is ''"]),
        Refusal(
            name: "count missing",
            variables: array(3, 6, 0, 5, 1).filter { $0.key != "SLURM_ARRAY_TASK_COUNT" },
            named: ["SLURM_ARRAY_TASK_ID=3", "SLURM_ARRAY_TASK_COUNT is not set"]),
        Refusal(
            name: "irregular array", variables: array(1, 3, 1, 7, 1),
            named: ["SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_MAX=7", "not regular"]),
        Refusal(name: "beyond the array", variables: array(9, 6, 0, 5, 1), named: ["SLURM_ARRAY_TASK_ID=9"]),
        Refusal(name: "off the step", variables: array(4, 8, 1, 15, 2), named: ["SLURM_ARRAY_TASK_STEP=2"]),
        Refusal(
            name: "one task of an array again", variables: array(3, 1, 3, 3, 1), count: 6,
            named: ["SLURM_ARRAY_TASK_COUNT=1", "6 shards"]),
        Refusal(
            name: "array and srun", variables: array(2, 6, 0, 5, 1).merging(srun(1, 4)) { $1 },
            named: ["SLURM_ARRAY_TASK_ID=2", "SLURM_PROCID=1"]),
        Refusal(
            name: "a batch script that srun did not start", variables: ["SLURM_PROCID": "0", "SLURM_NTASKS": "8"],
            named: ["SLURM_NTASKS=8", "SLURM_STEP_NUM_TASKS"]),
        Refusal(
            name: "two numbers of tasks",
            variables: ["SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_STEP_NUM_TASKS": "4"],
            named: ["SLURM_NTASKS=8", "SLURM_STEP_NUM_TASKS=4"]),
        Refusal(name: "rank beyond size", variables: srun(8, 8), named: ["SLURM_PROCID=8", "only 8"]),
        Refusal(
            name: "two ranks",
            variables: ["PMI_RANK": "1", "PMI_SIZE": "4", "OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4"],
            named: ["PMI_RANK=1", "OMPI_COMM_WORLD_RANK=2"]),
        Refusal(name: "size missing", variables: ["PMI_RANK": "1"], named: ["PMI_RANK=1", "PMI_SIZE is not set"]),
        Refusal(name: "size of nothing", variables: ["PMI_RANK": "0", "PMI_SIZE": "0"], named: ["PMI_SIZE is '0'"]),
        Refusal(
            name: "Kubernetes without a count", variables: ["JOB_COMPLETION_INDEX": "3"],
            named: ["JOB_COMPLETION_INDEX=3", "no variable says how many"]),
        Refusal(
            name: "beyond the count", variables: ["JOB_COMPLETION_INDEX": "5"], count: 5,
            named: ["JOB_COMPLETION_INDEX=5", "only 5"]),
        Refusal(
            name: "GNU parallel counts from 1", variables: ["PARALLEL_SEQ": "0"], count: 5, named: ["PARALLEL_SEQ"]),
        Refusal(
            name: "GNU parallel in an array", variables: array(2, 6, 0, 5, 1).merging(["PARALLEL_SEQ": "2"]) { $1 },
            count: 6, named: ["SLURM_ARRAY_TASK_ID=2", "PARALLEL_SEQ=2"]),
    ]

    @Test("what is missing, wrong or contradictory is one error that names it", arguments: refusals)
    func refused(_ example: Refusal) throws {
        let error = #expect(throws: ShardError.self) {
            try ShardChoice.automatic(count: example.count).resolved(environment: example.variables)
        }
        let text = try #require(error).description
        for name in example.named { #expect(text.contains(name), "\(text)") }
    }

    @Test("a shard that is said needs no scheduler, and none changes it")
    func given() throws {
        let shard = try ShardChoice("2/4").resolved(environment: Self.srun(0, 9))
        #expect(shard == Shard(2, of: 4))
    }
}
