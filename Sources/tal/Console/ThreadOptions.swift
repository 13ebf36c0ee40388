import ArgumentParser
import Tensors
import Threads

/// The option of commands that compute.
struct ThreadOptions: ParsableArguments {
    @Option(
        name: [.customShort("j"), .long], help: .value("n", "How many threads to use; all processors unless given."))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
        }
    }

    /// Sets the number of threads; to be called before any work.
    func apply() {
        if let threads { Parallel.threads = threads }
    }
}
