import Foundation
import TestSupport
import Testing

@testable import Configuration

private struct Nested: Configurable {
    var sigma = 0.5
    var names: [String] = []
    var kind = ""
}

private struct Top: Configurable {
    var title = "none"
    var nested = Nested()
}

@Suite("Grids and files of settings")
struct SettingsGridTests {
    @Test("every combination comes once, the last setting changing fastest")
    func combinations() throws {
        var grid = SettingsGrid()
        try grid.add("a.b=1, 2")
        try grid.add("c=x,y,z")
        #expect(grid.count == 6)
        #expect(grid.overrides(at: 0) == ["a.b=1", "c=x"])
        #expect(grid.overrides(at: 1) == ["a.b=1", "c=y"])
        #expect(grid.overrides(at: 5) == ["a.b=2", "c=z"])
        #expect(Set((0..<6).map { grid.overrides(at: $0) }).count == 6)
    }

    @Test("texts that are no grid are refused", arguments: ["a", "=1", "a=", "a=1,,2", "c=5"])
    func refusals(_ text: String) throws {
        var grid = SettingsGrid(axes: [.init(key: "c", values: ["1"])])
        #expect(throws: ConfigurationError.self) { try grid.add(text) }
    }

    @Test("a file gives the same grid as texts, and a single value in it is refused")
    func file() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("grid.yaml")
            try Data("nested:\n  sigma: [0.25, 1]\ntitle: [one, 'two, three']\n".utf8).write(to: file)
            var grid = SettingsGrid()
            try grid.add(contentsOf: file.path)
            #expect(grid.axes.map(\.key) == ["nested.sigma", "title"])
            let last = try ConfigurationFile.decode(Top.self, from: "", file: "", overrides: grid.overrides(at: 3))
            #expect(last.nested.sigma == 1 && last.title == "two, three")
            try Data("title: one\n".utf8).write(to: file)
            #expect(throws: ConfigurationError.self) { try grid.add(contentsOf: file.path) }
        }
    }

    @Test("settings written as a file are the same when they are laid over another")
    func overrides() throws {
        let overrides = ["nested.sigma=0.75", "title='a: b'", "nested.names=[x, 'y, z']"]
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("best.yaml")
            let text = try ConfigurationFile.text(of: overrides, texts: [("nested.kind", "it's: 5")])
            try Data(("# A remark.\n" + text).utf8).write(to: file)
            let settings = try ConfigurationFile.decode(
                Top.self, from: "nested: {sigma: 0.5}", file: "", overlays: [file.path])
            #expect(settings.nested.sigma == 0.75 && settings.title == "a: b")
            #expect(settings.nested.names == ["x", "y, z"] && settings.nested.kind == "it's: 5")
        }
    }
}
