import Foundation
import Testing

@testable import Viewer

enum TestViewer {
    /// Runs a viewer on a free port while `body` talks to it.
    static func with(_ job: ViewerJob, _ body: (RawClient) async throws -> Void) async throws {
        let server = ViewerServer(session: try job.session { _ in })
        let (addresses, continuation) = AsyncStream<String>.makeStream()
        let task = Task {
            defer { continuation.finish() }
            try await server.run(port: 0) { continuation.yield($0) }
        }
        var iterator = addresses.makeAsyncIterator()
        do {
            let address = try #require(await iterator.next())
            try await body(#require(RawClient(address: address)))
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        // The file of labels is free again when the server is gone.
        _ = await task.result
    }

    /// Bytes that differ from place to place.
    static func bytes(_ count: Int) -> Data { Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }) }

    /// Makes a folder with files that have the names of videos.
    static func folder(in parent: URL, _ names: [String], size: Int = 1000) throws -> String {
        let folder = parent.appendingPathComponent("videos")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in names { try bytes(size).write(to: folder.appendingPathComponent(name)) }
        return folder.path
    }
}
