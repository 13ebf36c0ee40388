import ArgumentParser

/// The option of commands that write a run folder.
struct ReplacementOptions: ParsableArguments {
    @Flag(
        name: .long, help: "Replace a run that the folder holds already; its files are deleted when the new one begins."
    )
    var overwrite = false

    /// - Throws: `ValidationError` if a run would be both replaced and resumed.
    func check(resumes: Bool) throws {
        if overwrite, resumes { throw ValidationError("--overwrite and --resume exclude each other") }
    }
}
