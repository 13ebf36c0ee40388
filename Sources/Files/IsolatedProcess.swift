internal import CIsolation
package import Foundation

/// A copy of this program that answers requests, so that a C library which crashes, or never ends, on a damaged file takes down
/// the copy and not the program.
///
/// The copy has a limit of processor time for each request and one of memory, writes no core, and ends with the program. What
/// it answers is as little to be trusted as the file it read.
package final class IsolatedProcess {
    /// The copy ended during a request, or could not be started.
    package struct Failure: Error, Equatable {
        /// What became of it, for people.
        package let reason: String
    }

    private let socket: Int32
    /// The number of the copy.
    package let process: Int32
    private var hasEnded = false

    /// Whether this program can start copies of itself; a library that another program loaded cannot.
    package static var isAvailable: Bool { isolation_is_available() != 0 }

    /// The longest message, in bytes.
    private static let longestMessage = 1 << 30

    package init() throws(Failure) {
        var socket: Int32 = -1
        let process = isolation_start(&socket)
        guard process > 0 else {
            throw Failure(reason: "no process to read it could be started: \(SystemError.reason(-process))")
        }
        self.process = process
        self.socket = socket
    }

    deinit {
        close(socket)
        guard !hasEnded else { return }
        kill(process, SIGKILL)
        _ = waitUntilEnded()
    }

    /// Sends a request and waits for the answer.
    package func ask(_ request: Data) throws(Failure) -> Data {
        var count = UInt64(request.count).littleEndian
        let isSent = withUnsafeBytes(of: &count) { send($0) } && request.withUnsafeBytes { send($0) }
        guard isSent else { throw failure() }
        var length: UInt64 = 0
        try withUnsafeMutableBytes(of: &length) { (bytes) throws(Failure) in try receive(into: bytes) }
        guard let length = Int(exactly: UInt64(littleEndian: length)), length <= Self.longestMessage else {
            throw Failure(reason: "the process that reads it answers nonsense")
        }
        var answer = Data(count: length)
        let isReceived = answer.withUnsafeMutableBytes { IsolatedSocket.receive(into: $0, from: socket) }
        guard isReceived else { throw failure() }
        return answer
    }

    /// Fills a buffer with bytes that follow an answer.
    package func receive(into bytes: UnsafeMutableRawBufferPointer) throws(Failure) {
        guard IsolatedSocket.receive(into: bytes, from: socket) else { throw failure() }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) -> Bool { IsolatedSocket.send(bytes, to: socket) }

    /// What became of the process, after its end of the socket was closed.
    private func failure() -> Failure {
        let status = waitUntilEnded()
        hasEnded = true
        let signal = status & 0x7F
        return switch signal {
        case 0: Failure(reason: "the process that reads it ended")
        case SIGXCPU: Failure(reason: "reading it does not end")
        default: Failure(reason: "reading it crashed with signal \(signal)")
        }
    }

    private func waitUntilEnded() -> Int32 {
        var status: Int32 = 0
        // The end of the socket closes a little before the process can be waited for.
        for _ in 0..<2000 {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process || (ended < 0 && errno != EINTR) { return status }
            usleep(1000)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status
    }
}

/// What an isolated process does: see ``IsolatedProcess``.
package enum IsolatedService {
    /// An answer, and what writes the bytes that follow it.
    package struct Answer {
        package let message: Data
        package let payload: ((_ send: (UnsafeRawBufferPointer) -> Void) -> Void)?

        package init(_ message: Data, payload: ((_ send: (UnsafeRawBufferPointer) -> Void) -> Void)? = nil) {
            self.message = message
            self.payload = payload
        }
    }

    /// Answers requests until the socket is closed.
    package static func serve(_ socket: Int32, _ answer: (Data) -> Answer) {
        while true {
            var length: UInt64 = 0
            guard withUnsafeMutableBytes(of: &length, { IsolatedSocket.receive(into: $0, from: socket) }),
                let count = Int(exactly: UInt64(littleEndian: length))
            else { return }
            var request = Data(count: count)
            guard request.withUnsafeMutableBytes({ IsolatedSocket.receive(into: $0, from: socket) }) else { return }
            let reply = answer(request)
            length = UInt64(reply.message.count).littleEndian
            guard withUnsafeBytes(of: &length, { IsolatedSocket.send($0, to: socket) }),
                reply.message.withUnsafeBytes({ IsolatedSocket.send($0, to: socket) })
            else { return }
            reply.payload? { _ = IsolatedSocket.send($0, to: socket) }
        }
    }

    /// Lets this process use so much more processor time, and so much more memory.
    package static func limit(processorSeconds: Int, memoryBytes: Int) {
        isolation_limit_processor(UInt64(max(1, processorSeconds)))
        isolation_limit_memory(UInt64(max(1, memoryBytes)))
    }
}

private enum IsolatedSocket {
    #if os(Linux)
        private static let flags = Int32(MSG_NOSIGNAL)
    #else
        private static let flags: Int32 = 0
    #endif

    static func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> Bool {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.send(socket, start, rest.count, flags)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }

    static func receive(into bytes: UnsafeMutableRawBufferPointer, from socket: Int32) -> Bool {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = recv(socket, start, rest.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }
}
