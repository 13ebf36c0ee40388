import Synchronization

/// Reports the progress of one stage of a job.
package final class StageProgress: Sendable {
    private let state: Mutex<JobProgress>
    private let events: JobEvents

    init(_ start: JobProgress, events: JobEvents) {
        state = Mutex(start)
        self.events = events
        events.send(.progress(start))
    }

    package func update(completed: Double, total: Double? = nil, detail: String? = nil) {
        let now = state.withLock { state in
            state.completed = completed
            state.total = total ?? state.total
            state.detail = detail
            return state
        }
        events.send(.progress(now))
    }

    /// What libraries call that count whole units.
    package var handler: @Sendable (_ completed: Int, _ total: Int) -> Void {
        { [self] completed, total in update(completed: Double(completed), total: Double(total)) }
    }

    func finish() { events.send(.finished(state.withLock { $0 })) }
}
