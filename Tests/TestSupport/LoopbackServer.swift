public import Foundation
import Synchronization

/// A small HTTP server on this machine that gives out files, and fails as it is told.
///
/// It knows GET with ranges, answers one request on each connection, and ends with the object.
public final class LoopbackServer: Sendable {
    /// How a file is given out.
    public enum Behaviour: Sendable {
        case plain
        /// The first requests are answered with 503.
        case busy(requests: Int)
        /// The connection ends before this byte, which is not given out however often it is asked for; those after it are.
        case broken(at: Int)
    }

    public let port: UInt16
    private let descriptor: Int32
    private let files: [String: (data: Data, behaviour: Behaviour)]
    private let counts = Mutex<[String: Int]>([:])

    /// - Parameter files: what is given out, by name.
    public init(_ files: [String: (data: Data, behaviour: Behaviour)]) throws {
        self.files = files
        let descriptor = socket(AF_INET, Self.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard descriptor >= 0, isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                self?.answer(client)
                close(client)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    #if os(Linux)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif

    /// The address of a file.
    public func url(_ name: String) -> String { "http://127.0.0.1:\(port)/\(name)" }

    /// How often a file was asked for.
    public func requestCount(_ name: String) -> Int { counts.withLock { $0[name] ?? 0 } }

    private func answer(_ client: Int32) {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("\r\n\r\n") {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        let path = text.split(separator: " ").dropFirst().first.map(String.init) ?? "/"
        let name = String(path.dropFirst().prefix { $0 != "?" })
        let number = counts.withLock { counts in
            counts[name, default: 0] += 1
            return counts[name] ?? 0
        }
        guard let (data, behaviour) = files[name] else {
            return send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", client)
        }
        if case .busy(let requests) = behaviour, number <= requests {
            return send(
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", client)
        }
        var start = 0
        if let match = text.firstMatch(of: /(?i)range: bytes=(\d+)-/) {
            start = min(Int(match.output.1) ?? 0, data.count)
        }
        var end = data.count
        if case .broken(let byte) = behaviour, start <= byte {
            guard start < byte else {
                return send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", client)
            }
            end = byte
        }
        send(
            "HTTP/1.1 206 Partial Content\r\nAccept-Ranges: bytes\r\nContent-Type: video/mp4\r\nConnection: close\r\n"
                + "Content-Length: \(data.count - start)\r\nContent-Range: bytes \(start)-\(data.count - 1)/\(data.count)\r\n\r\n",
            client)
        send(data[(data.startIndex + start)..<(data.startIndex + end)], client)
    }

    private func send(_ text: String, _ client: Int32) { send(Data(text.utf8), client) }

    private func send(_ data: Data, _ client: Int32) {
        data.withUnsafeBytes { bytes in
            var rest = bytes
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = Foundation.send(client, start, rest.count, Int32(Self.noSignal))
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    #if os(Linux)
        private static let noSignal = MSG_NOSIGNAL
    #else
        private static let noSignal = 0
    #endif
}
