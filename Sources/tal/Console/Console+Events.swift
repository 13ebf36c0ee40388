import Synchronization
import Toolkit

extension Console {
    /// What a job reports to: stages become progress bars, notices become warnings, messages become notes.
    var events: JobEvents {
        let bars = StageBars(console: self)
        return JobEvents { event in
            switch event {
            case .progress(let progress): bars.update(progress)
            case .finished(let progress): bars.finish(progress)
            case .notice(let notice): self.warn("\(notice)")
            case .message(let text): self.note(text)
            }
        }
    }
}

/// The progress bars of a job's stages.
private final class StageBars: Sendable {
    private let console: Console
    private let bars = Mutex<[String: ProgressBar]>([:])

    init(console: Console) { self.console = console }

    func update(_ progress: JobProgress) {
        let (bar, isNew) = bars.withLock { bars -> (ProgressBar, Bool) in
            if let bar = bars[progress.stage] { return (bar, false) }
            let bar = ProgressBar(
                progress.stage, unit: progress.unit, total: progress.total.map { Int($0) }, console: console)
            bars[progress.stage] = bar
            return (bar, true)
        }
        guard isNew else {
            bar.update(completed: progress.completed, total: progress.total, detail: progress.detail)
            return
        }
        if progress.startingPoint > 0 { bar.startingPoint(Int(progress.startingPoint)) }
    }

    func finish(_ progress: JobProgress) {
        bars.withLock { $0.removeValue(forKey: progress.stage) }?.finish()
    }
}
