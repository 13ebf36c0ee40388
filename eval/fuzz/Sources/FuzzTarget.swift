/// One parser, or several that take the same kind of file, as libFuzzer calls it.
struct FuzzTarget: Sendable {
    /// The word that names it, and its folder in `corpus`.
    let name: String
    /// What the file is called that the parser gets; some parsers look at the extension.
    let file: String
    /// Reads the file. The first argument is its path, the second what it holds.
    let read: @Sendable (String, [UInt8]) throws -> Void

    init(_ name: String, file: String, read: @escaping @Sendable (String, [UInt8]) throws -> Void) {
        self.name = name
        self.file = file
        self.read = read
    }

    static let all: [FuzzTarget] = [
        json, annotations, tables, markup, subtitles, lists, arrays, features, safetensors, pickle, yaml, python,
        vocabulary, video, store,
    ]
}

/// What a reader promised and did not keep. Any error but those of the project is one: a user would see a foreign text.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }

    static func unless(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
        if !holds { throw BrokenPromise(promise()) }
    }
}

/// Several readers of one input: each may refuse it, and none may keep the others from it.
func each(_ readers: [() throws -> Void]) throws {
    for read in readers {
        do {
            try read()
        } catch {
            try Oracle.check(error)
        }
    }
}
