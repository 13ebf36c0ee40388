import Synchronization

/// Workspaces that are used again and again, so that nothing is allocated after the first few clips.
package final class WorkspacePool<Workspace: Sendable>: Sendable {
    private let free = Mutex<[Workspace]>([])
    private let make: @Sendable () -> Workspace

    package init(_ make: @escaping @Sendable () -> Workspace) { self.make = make }

    /// Calls `body` with a workspace that nobody else has, the one most recently used if there is a choice.
    package func withWorkspace<Result>(_ body: (Workspace) throws -> Result) rethrows -> Result {
        let workspace = free.withLock { $0.popLast() } ?? make()
        defer { free.withLock { $0.append(workspace) } }
        return try body(workspace)
    }
}
