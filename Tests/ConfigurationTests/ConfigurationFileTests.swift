import Files
import TestSupport
import Testing

@testable import Configuration

private struct Inner: Configurable {
    var learningRate = 0.1
    var stepSizes = [1, 2]
    init() {}
}

private struct Outer: Configurable {
    enum Mode: String, Codable, CaseIterable { case fast, slow }
    var name = "none"
    var maxLength: Int?
    var mode = Mode.fast
    var inner = Inner()
    var optionalInner: Inner?
    var limit: Int? = 3
    var weights: [String: Double] = [:]
    init() {}

    func validate() throws {
        guard name != "bad" else {
            throw ConfigurationError.invalidValue(file: "", key: "name", problem: "must not be 'bad'")
        }
    }
}

@Suite("Configuration files")
struct ConfigurationFileTests {
    private func decode(_ text: String, _ overrides: [String] = []) throws -> Outer {
        try ConfigurationFile.decode(Outer.self, from: text, file: "c.yaml", overrides: overrides)
    }

    @Test("keys that are not named keep their defaults")
    func defaults() throws {
        #expect(try decode("") == Outer())
        let settings = try decode("inner:\n  step_sizes: [3]\nmax_length: 7\n")
        #expect(settings.inner.learningRate == 0.1)
        #expect(settings.inner.stepSizes == [3])
        #expect(settings.maxLength == 7)
    }

    @Test("an optional group of settings begins from its own defaults")
    func optionalGroup() throws {
        let settings = try decode("optional_inner:\n  learning_rate: 2")
        #expect(settings.optionalInner?.stepSizes == [1, 2])
    }

    @Test("overrides come after the file, in order, and may name nested keys")
    func overrides() throws {
        let settings = try decode("name: file", ["name=one", "name=two", "inner.learning_rate=0.5", "mode=slow"])
        #expect(settings.name == "two")
        #expect(settings.inner.learningRate == 0.5)
        #expect(settings.mode == .slow)
        #expect(throws: ConfigurationError.malformedOverride("name")) { try decode("", ["name"]) }
        #expect(throws: ConfigurationError.self) { try decode("", ["inner.rate=1"]) }
    }

    @Test("an unknown key is refused with the nearest known one")
    func unknownKey() {
        #expect(
            throws: ConfigurationError.unknownKey(
                file: "c.yaml", key: "inner.learningrate", nearest: "inner.learning_rate")
        ) {
            try decode("inner:\n  learningrate: 1")
        }
        #expect(throws: ConfigurationError.unknownKey(file: "c.yaml", key: "zzzzzzzzzzzzzzz", nearest: nil)) {
            try decode("zzzzzzzzzzzzzzz: 1")
        }
    }

    @Test(
        "a mistake in an override is said of the override, with the whole key path that was perhaps meant",
        arguments: [
            ("inner.learning_rat=1", "there is no setting 'inner.learning_rat'; did you mean 'inner.learning_rate'?"),
            ("iner.step_sizes=[1]", "there is no setting 'iner'; did you mean 'inner'?"),
            ("step_sizes=[1]", "did you mean 'inner.step_sizes'?"),
            ("inner.learning_rate=quick", "'inner.learning_rate' must be a number"),
            ("inner=3", "'inner' must be a section"),
            ("inner.step_sizes=x", "'inner.step_sizes' must be a list"),
            ("max_length=1.5", "'max_length' must be a whole number"),
            ("mode=medium", "'mode' must be one of fast, slow"),
            ("name=bad", "'name' must not be 'bad'"),
        ])
    func wrongOverride(text: String, expected: String) {
        #expect {
            try decode("max_length: 4", ["limit=2", text])
        } throws: { error in
            guard case ConfigurationError.invalidOverride(text, let problem) = error else { return false }
            return problem.contains(expected)
        }
    }

    @Test("a mistake in the file stays one of the file, whatever is overridden")
    func wrongFile() {
        #expect(
            throws: ConfigurationError.invalidValue(file: "c.yaml", key: "mode", problem: "must be one of fast, slow")
        ) {
            try decode("mode: medium", ["limit=2"])
        }
    }

    @Test(
        "text that is no YAML is refused in plain words, with its line",
        arguments: [
            ("a: b\nname: [", "line 3, column 1: did not find expected node content"),
            ("name: x\n\tmode: fast", "line 2, column 1: found character that cannot start any token"),
            ("name: x\nname: y", "the key 'name' is given twice"),
            ("mode: *nothing", "line 1, column 7: found undefined alias"),
            ("mode: fast\nname: \"\u{1B}\"", "line 2: control characters are not allowed"),
            ("---\nmode: fast\n---\nname: x", "line 3, column 1: but found another document"),
            ("name: " + String(repeating: "[", count: 50_000), "line 1"),
        ])
    func noYAML(text: String, expected: String) {
        #expect {
            try decode(text)
        } throws: { error in
            guard case ConfigurationError.malformed("c.yaml", let reason) = error else { return false }
            return reason.contains(expected) && !reason.contains("error:")
        }
    }

    @Test(
        "values of the wrong type are refused by name",
        arguments: ["inner:\n  learning_rate: quick", "mode: medium", "inner: 3"])
    func wrongType(text: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode(text) }
        #expect(error?.description.contains("c.yaml") == true)
    }

    @Test("text that is not a mapping is refused", arguments: ["[1, 2]", "just words", "a: [1"])
    func malformed(text: String) {
        #expect(throws: ConfigurationError.self) { try decode(text) }
    }

    @Test("validation errors name the file")
    func validation() {
        #expect(throws: ConfigurationError.invalidValue(file: "c.yaml", key: "name", problem: "must not be 'bad'")) {
            try decode("name: bad")
        }
    }

    @Test("written settings are read back the same")
    func roundTrip() throws {
        var settings = Outer()
        settings.name = "with: colon"
        settings.inner.stepSizes = []
        settings.optionalInner = Inner()
        settings.weights = ["Some Class": 0.5]
        let text = try ConfigurationFile.encode(settings)
        #expect(text.contains("max_length") == false)
        #expect(text.contains("learning_rate"))
        #expect(try decode(text) == settings)
    }

    @Test("a value set to nothing comes back as nothing, not as the default")
    func writtenNil() throws {
        var settings = Outer()
        settings.limit = nil
        let text = try ConfigurationFile.encode(settings)
        #expect(text.contains("limit: null"))
        #expect(try decode(text) == settings)
    }

    @Test("a missing file is named")
    func missing() {
        #expect(throws: FileError.missing(path: "/nowhere.yaml")) {
            try ConfigurationFile.load(Outer.self, from: "/nowhere.yaml")
        }
    }
}
