import Toolkit

extension BatchOutcome {
    /// The outcome of a job.
    init(_ report: BatchReport, noun: String = "video") {
        self.init(noun: noun)
        succeed(report.succeeded)
        for failure in report.failures { fail(failure.item, failure.error) }
    }
}
