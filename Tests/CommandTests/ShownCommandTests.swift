import ArgumentParser
import Configuration
import Evaluation
import Foundation
import Localization
import TestSupport
import Testing

@testable import tal

/// What the documentation tells people to type can be typed.
@Suite("command lines of the documentation and of help texts")
struct ShownCommandTests {
    /// Words that stand for something of the reader's, where the parser looks at it.
    private static let placeholders = [
        "N": "4", "$seed": "1", "NAME": "demo", "PROTOCOL": "demo", "tennis.yaml": "demo", "protocol.yaml": "demo",
    ]

    private static func arguments(_ command: ShownCommand) -> [String] {
        command.words.dropFirst().map { placeholders[$0] ?? $0 }
    }

    private static let inDocuments: [ShownCommand] = ShownCommand.documents.flatMap {
        (try? ShownCommand.all(in: $0, beginningWith: "tal ")) ?? []
    }
    private static let whole = inDocuments.filter { !$0.isPartial } + ShownCommand.help()
    private static let partial = inDocuments.filter(\.isPartial)

    @Test("there are many of them")
    func found() throws {
        #expect(Self.whole.count >= 90 && Self.partial.count >= 50)
        #expect(Self.whole.contains { $0.origin.hasPrefix("README.md") && $0.words.contains("--encoder-weights") })
    }

    @Test("the parser takes each whole one", arguments: whole)
    func parses(_ command: ShownCommand) throws {
        #expect(throws: Never.self) { try Tal.parsed(Self.arguments(command)) }
    }

    @Test("those in sentences name commands and options that exist", arguments: partial)
    func exists(_ command: ShownCommand) throws {
        let arguments = Self.arguments(command).filter { $0 != "…" }
        let tool = try #require(UsageCheck.describe(Tal.self))
        let problem = UsageCheck(OptionNames.present(arguments), tool: tool).problem ?? ""
        // What a sentence is not about may be missing.
        #expect(problem.isEmpty || problem.hasPrefix("missing: "))
    }

    @Test("files of the repository that they name are there", arguments: whole + partial)
    func files(_ command: ShownCommand) {
        let folders = ["configs/", "models/", "eval/", "data-manifests/", "docs/"]
        for word in command.words where folders.contains(where: word.hasPrefix) && !word.contains("NAME") {
            // An output need not be there.
            if command.words.firstIndex(of: word).map({ $0 > 0 && command.words[$0 - 1] == "--out" }) == true {
                continue
            }
            #expect(FileManager.default.fileExists(atPath: Checkout.url(word).path), "\(word)")
        }
    }

    @Test("protocols that they name are there", arguments: whole + partial)
    func protocols(_ command: ShownCommand) {
        for (option, name) in zip(command.words, command.words.dropFirst()) where option == "--protocol" {
            let isEvaluated = ["evaluate", "diagnose", "compare", "sweep"].contains(command.words[1])
            let isPlaceholder = name.allSatisfy { $0.isUppercase } || name.hasSuffix(".yaml")
            #expect(!isEvaluated || isPlaceholder || EvaluationProtocol.builtInNames.contains(name), "\(name)")
        }
    }

    @Test("settings that they change exist", arguments: whole + partial)
    func settings(_ command: ShownCommand) throws {
        let words = command.words
        guard words.count > 1, words[1] == "train" else { return }
        let pairs = Array(zip(words, words.dropFirst()))
        let changes = pairs.filter { $0.0 == "--set" }.map(\.1)
        let given = pairs.first { $0.0 == "--config" }?.1 ?? "configs/heads/actionformer-demo.yaml"
        // A name without a folder is one of those that come with the program.
        let configuration = given.contains("/") ? given : "configs/heads/\(given).yaml"
        if configuration.contains("NAME") { return }
        #expect(throws: Never.self) {
            try ConfigurationFile.load(
                LocalizationSettings.self, from: Checkout.url(configuration).path, overrides: changes)
        }
    }

    @Test("scripts that the documentation calls are there and know their options", arguments: ShownCommand.documents)
    func scripts(document: String) throws {
        for folder in ["scripts/", ".ci/", "eval/"] {
            for command in try ShownCommand.all(in: document, beginningWith: folder) {
                let path = Checkout.url(command.words[0])
                if command.words[0].contains("NAME") { continue }
                #expect(FileManager.default.fileExists(atPath: path.path), "\(command)")
                guard FileManager.default.isExecutableFile(atPath: path.path),
                    let text = try? String(contentsOf: path, encoding: .utf8)
                else { continue }
                // Options of `swift test` go through scripts/test, and the benchmarks have some in common.
                var known = text
                if command.words[0] == "scripts/test" { known += " --filter" }
                if command.words[0].hasPrefix("eval/benchmarks/") {
                    known += try String(contentsOf: Checkout.url("eval/benchmarks/support.py"), encoding: .utf8)
                }
                for option in command.words.dropFirst() where option.hasPrefix("--") {
                    #expect(known.contains(option), "\(command)")
                }
            }
        }
    }
}
