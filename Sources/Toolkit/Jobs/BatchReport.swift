/// What became of the items of a job, such as its videos.
public struct BatchReport: Sendable {
    /// An item that could not be done, and why.
    public struct Failure: Sendable {
        public var item: String
        public var error: any Error

        public init(item: String, error: any Error) {
            self.item = item
            self.error = error
        }
    }

    /// A reason for a failure in words, where no error was thrown.
    public struct Reason: Error, Equatable, CustomStringConvertible {
        public var description: String

        package init(description: String) { self.description = description }
    }

    /// Items done, those found done already included.
    public private(set) var succeeded = 0
    public private(set) var failures: [Failure] = []

    public init() {}

    package mutating func succeed(_ count: Int = 1) { succeeded += count }

    package mutating func fail(_ item: String, _ error: any Error) {
        failures.append(Failure(item: item, error: error))
    }

    /// Adds what became of more items.
    public mutating func add(_ other: BatchReport) {
        succeeded += other.succeeded
        failures += other.failures
    }

    mutating func fail(_ item: String, reason: String) { fail(item, Reason(description: reason)) }
}
