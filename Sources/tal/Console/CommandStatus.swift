import ArgumentParser

/// The exit statuses of every command.
enum CommandStatus: Int32 {
    case done = 0
    /// Nothing usable was done.
    case nothingDone = 1
    /// The command was called wrongly.
    case wrongUsage = 2
    /// Something usable was done, but some items failed; each was listed with its reason.
    case partlyDone = 3

    var exitCode: ExitCode { ExitCode(rawValue) }
}
