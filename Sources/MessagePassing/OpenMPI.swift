internal import CMPI
import Foundation

/// The library of Open MPI, loaded where it is needed. Only one thread calls it.
final class OpenMPI {
    /// The environment variable that may name the library.
    static let variable = "TAL_MPI"
    private static let names = ["libmpi.so.40", "libmpi.40.dylib"]

    private let pointer: OpaquePointer

    /// - Parameters:
    ///   - fact: how the process was started, for the message.
    ///   - environment: in which ``variable`` is looked up.
    /// - Throws: ``MessagePassingError/unavailable(fact:problem:)``
    init(fact: String, environment: [String: String]) throws(MessagePassingError) {
        let named = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
        var problem: String?
        for name in named.map({ [$0] }) ?? Self.names {
            var opened: OpaquePointer?
            let failure = tal_mpi_open(name, &opened)
            if failure == nil, let opened {
                pointer = opened
                return
            }
            let text = Self.text(failure)
            problem = problem ?? (text.contains(name) ? text : "\(name) \(text)")
        }
        throw .unavailable(fact: fact, problem: problem ?? "no library was found")
    }

    /// Such as `Open MPI v4.1.4`.
    var version: String { String(cString: tal_mpi_version(pointer)) }

    /// Meets the other ranks.
    func start() throws(MessagePassingError) -> (rank: Int, count: Int) {
        var rank: Int32 = 0, count: Int32 = 0
        try check(tal_mpi_start(pointer, &rank, &count))
        return (Int(rank), Int(count))
    }

    func finish() throws(MessagePassingError) { try check(tal_mpi_finish(pointer)) }

    func abort(status: Int32) { tal_mpi_abort(pointer, status) }

    /// Begins to send an equal part of `sent` to each rank.
    func exchange(
        _ sent: UnsafeRawPointer, into received: UnsafeMutableRawPointer, bytes: Int
    ) throws(MessagePassingError) -> tal_mpi_request? {
        var request: tal_mpi_request?
        try check(tal_mpi_exchange(pointer, TAL_MPI_SCATTER, sent, received, bytes, &request))
        return request
    }

    /// Begins to send `sent` to all ranks.
    func gather(
        _ sent: UnsafeRawPointer, into received: UnsafeMutableRawPointer, bytes: Int, isControl: Bool
    ) throws(MessagePassingError) -> tal_mpi_request? {
        var request: tal_mpi_request?
        try check(
            tal_mpi_gather(
                pointer, isControl ? TAL_MPI_CONTROL : TAL_MPI_COLLECT, sent, received, bytes, &request))
        return request
    }

    /// Begins to send rank 0's data to the others.
    func broadcast(_ data: UnsafeMutableRawPointer, bytes: Int) throws(MessagePassingError) -> tal_mpi_request? {
        var request: tal_mpi_request?
        try check(tal_mpi_broadcast(pointer, TAL_MPI_CONTROL, data, bytes, &request))
        return request
    }

    /// Moves transfers on, and says whether this one has ended.
    func hasEnded(_ request: inout tal_mpi_request?) throws(MessagePassingError) -> Bool {
        var done: Int32 = 0
        try check(tal_mpi_test(pointer, &request, &done))
        return done != 0
    }

    private func check(_ problem: UnsafeMutablePointer<CChar>?) throws(MessagePassingError) {
        if problem != nil { throw .failed(reason: Self.text(problem)) }
    }

    private static func text(_ problem: UnsafeMutablePointer<CChar>?) -> String {
        guard let problem else { return "no reason given" }
        defer { free(problem) }
        return String(cString: problem)
    }
}
