import Files
import Foundation
import Tensors

/// Asks an isolated process about HDF5 files, because the HDF5 library crashes on some damaged ones, or never ends, and this
/// program must not.
///
/// The process is started with the first request and again after it crashed, a few times. Where none can be started (a
/// library in a program that is not ours), the file is read in this process. All methods may be called from any thread.
final class HDF5Reader: Sendable {
    /// The memory a request may use at least, beyond what the process has already.
    static let memoryBytes = 1200 << 20

    private static let mostCrashes = 3

    private let state: FeatureLock<State>

    /// - Parameter processorSeconds: the processor time a request may use at least.
    init(processorSeconds: Int = 20) {
        state = FeatureLock(State(processorSeconds: processorSeconds))
    }

    private struct State {
        let processorSeconds: Int
        var process: IsolatedProcess?
        var service: HDF5Service?
        /// The request that opened a store, to be repeated to another process.
        var opening: HDF5Request?
        var crashes = 0
    }

    /// Asks for all but values.
    ///
    /// - Throws: ``HDF5Failure``, or ``FeatureError`` of one video.
    func ask(_ request: HDF5Request) throws -> HDF5Reply {
        try state.withLock { try Self.ask(request, &$0).reply }
    }

    /// Asks for the features of a video.
    ///
    /// - Throws: as ``ask(_:)``.
    func sequence(for video: String) throws -> (header: FeatureHeader, values: Tensor) {
        try state.withLock { state in
            let (reply, values) = try Self.ask(.sequence(video: video), &state)
            guard case .sequence(let header) = reply else { throw Self.nonsense }
            return (header, try values ?? Self.receive([header.length, header.channels], &state))
        }
    }

    /// Asks for some rows of the features of a video.
    ///
    /// - Throws: as ``ask(_:)``.
    func rows(_ range: Range<Int>, of video: String) throws -> Tensor {
        try values(.rows(video: video, first: range.lowerBound, count: range.count))
    }

    /// Asks for an array.
    ///
    /// - Throws: as ``ask(_:)``.
    func array(_ name: String) throws -> Tensor { try values(.array(name)) }

    private func values(_ request: HDF5Request) throws -> Tensor {
        try state.withLock { state in
            let (reply, values) = try Self.ask(request, &state)
            guard case .array(let shape) = reply else { throw Self.nonsense }
            return try values ?? Self.receive(shape, &state)
        }
    }

    /// Receives the values that follow an answer.
    private static func receive(_ shape: [Int], _ state: inout State) throws -> Tensor {
        var count = 1
        for length in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflows, product <= HDF5Dataset.mostElements else { throw nonsense }
            count = product
        }
        guard let process = state.process else { throw nonsense }
        do {
            return try Tensor(shape) { try process.receive(into: UnsafeMutableRawBufferPointer($0)) }
        } catch let failure as IsolatedProcess.Failure {
            throw crashed(failure, &state)
        }
    }

    private static var nonsense: HDF5Failure { HDF5Failure(reason: "the process that reads it answers nonsense") }

    private static func ask(_ request: HDF5Request, _ state: inout State) throws -> (reply: HDF5Reply, values: Tensor?)
    {
        guard state.crashes < mostCrashes else {
            throw HDF5Failure(reason: "reading it has crashed \(mostCrashes) times already")
        }
        let answer: (reply: HDF5Reply, values: Tensor?)
        if IsolatedProcess.isAvailable {
            do {
                answer = (try askProcess(request, &state), nil)
            } catch let failure as IsolatedProcess.Failure {
                throw crashed(failure, &state)
            }
        } else {
            let service = state.service ?? HDF5Service()
            state.service = service
            answer = service.answer(request)
        }
        switch answer.reply {
        case .failed(let reason): throw HDF5Failure(reason: reason)
        case .refused(let error): throw error
        case .inaccessible(let error): throw error
        case .opened, .arrays: state.opening = request
        default: break
        }
        return answer
    }

    private static func askProcess(_ request: HDF5Request, _ state: inout State) throws -> HDF5Reply {
        let process: IsolatedProcess
        if let running = state.process {
            process = running
        } else {
            process = try IsolatedProcess()
            state.process = process
            if let opening = state.opening { _ = try exchange(opening, with: process, state.processorSeconds) }
        }
        return try exchange(request, with: process, state.processorSeconds)
    }

    private static func exchange(
        _ request: HDF5Request, with process: IsolatedProcess, _ processorSeconds: Int
    ) throws -> HDF5Reply {
        let question = HDF5Question(request: request, processorSeconds: processorSeconds)
        let answer = try process.ask(JSONEncoder().encode(question))
        guard let reply = try? JSONDecoder().decode(HDF5Reply.self, from: answer) else { throw nonsense }
        return reply
    }

    private static func crashed(_ failure: IsolatedProcess.Failure, _ state: inout State) -> HDF5Failure {
        state.process = nil
        state.crashes += 1
        return HDF5Failure(reason: "it is damaged: \(failure.reason)")
    }
}

/// A value behind a lock that may be held while other processes are waited for.
final class FeatureLock<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try lock.withLock { try body(&value) }
    }
}
