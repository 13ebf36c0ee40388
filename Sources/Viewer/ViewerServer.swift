import FlyingFox
import FlyingSocks
import Foundation

/// The server of one viewer, on the loopback address only.
struct ViewerServer: Sendable {
    let session: ViewerSession

    /// Serves until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - ready: gets the address of the page once the server listens.
    func run(port: UInt16, ready: @Sendable (String) -> Void) async throws {
        // The port is part of what requests are checked against, and is known only when the server listens.
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), timeout: 60, logger: .disabled)
        let token = RequestGuard.makeToken()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { try await server.waitUntilListening() }
            try await group.next()
            guard case .ip4(_, let bound)? = await server.listeningAddress else {
                throw SocketError.unsupportedAddress
            }
            await server.appendRoute(
                HTTPRoute("*"),
                to: ViewerHandler(session: session, guardian: RequestGuard(port: bound), token: token))
            ready("http://127.0.0.1:\(bound)/\(token)/")
            try await group.waitForAll()
        }
    }
}
