import Foundation
import Testing

/// A client that sends exactly what a test says and reads to the end of the connection.
struct RawClient: Sendable {
    struct Reply: Sendable {
        var status = 0
        /// By lower-case name.
        var headers: [String: String] = [:]
        var body = Data()

        var text: String { String(decoding: body, as: UTF8.self) }

        func json() throws -> Any { try JSONSerialization.jsonObject(with: body) }

        func object() throws -> [String: Any] { try json() as? [String: Any] ?? [:] }
    }

    var port: UInt16
    var token: String

    /// - Parameter address: as `tal view` prints it.
    init?(address: String) {
        guard let url = URL(string: address), let port = url.port, let token = url.pathComponents.dropFirst().first
        else {
            return nil
        }
        self.port = UInt16(port)
        self.token = token
    }

    /// Sends a request with the headers that a browser would send. Headers given here replace those; an empty one is left out.
    func ask(
        _ method: String, _ target: String, headers: [String: String] = [:], body: Data? = nil
    ) async throws -> Reply {
        var lines = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
        if let body { lines["Content-Length"] = "\(body.count)" }
        if body != nil { lines["Content-Type"] = "application/json" }
        lines.merge(headers) { $1 }
        var message = Data("\(method) \(target) HTTP/1.1\r\n".utf8)
        for (name, value) in lines.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            message.append(Data("\(name): \(value)\r\n".utf8))
        }
        message.append(Data("\r\n".utf8))
        if let body { message.append(body) }
        return Self.reply(try await send(message))
    }

    func write(_ method: String, _ path: String, _ json: String, headers: [String: String] = [:]) async throws -> Reply
    {
        try await ask(method, "/\(token)/\(path)", headers: headers, body: Data(json.utf8))
    }

    /// Sends a request as ``ask(_:_:headers:body:)`` does and expects a status.
    func expect(
        _ status: Int, _ method: String, _ target: String, headers: [String: String] = [:], body: Data? = nil,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await ask(method, target, headers: headers, body: body)
        #expect(reply.status == status, "\(method) \(target) \(headers): \(reply.text)", sourceLocation: location)
    }

    func expectWrite(
        _ status: Int, _ method: String, _ path: String, _ json: String, headers: [String: String] = [:],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        try await expect(
            status, method, "/\(token)/\(path)", headers: headers, body: Data(json.utf8), location: location)
    }

    /// Sends bytes and reads `limit` bytes of the answer, then hangs up.
    func send(_ message: Data, limit: Int = .max) async throws -> Data {
        // A thread of its own: the server runs on the threads of the tasks.
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.exchange(port, message, limit) })
            }
        }
    }

    private static func exchange(_ port: UInt16, _ message: Data, _ limit: Int) throws -> Data {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
        var sent = 0
        while sent < message.count {
            let count = message.withUnsafeBytes {
                Foundation.send(
                    descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...]).baseAddress, message.count - sent, 0)
            }
            guard count > 0 else { break }
            sent += count
        }
        var answer = Data(), buffer = [UInt8](repeating: 0, count: 1 << 16)
        while answer.count < limit {
            let count = recv(descriptor, &buffer, min(buffer.count, limit - answer.count), 0)
            guard count > 0 else { break }
            answer.append(contentsOf: buffer[..<count])
        }
        return answer
    }

    private static func reply(_ bytes: Data) -> Reply {
        var reply = Reply()
        guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else { return reply }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        reply.status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 {
                reply.headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        reply.body = bytes[end.upperBound...]
        return reply
    }
}
