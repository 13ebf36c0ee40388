import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import tal

@Suite("Second and short names of options")
struct OptionNameTests {
    /// The commands without subcommands that begin with a word.
    private static func leaves(of word: String) throws -> [UsageCheck.Command] {
        let tool = try #require(UsageCheck.describe(Tal.self))
        func leaves(_ command: UsageCheck.Command) -> [UsageCheck.Command] {
            let inner = command.subcommands ?? []
            return inner.isEmpty ? [command] : inner.flatMap(leaves)
        }
        return leaves(try #require(tool.subcommands?.first { $0.commandName == word }, "\(word)"))
    }

    @Test(
        "a second name stands for an option that is there, and is none itself", arguments: OptionNames.aliases.indices)
    func standsForAnOption(index: Int) throws {
        let alias = OptionNames.aliases[index]
        for word in alias.commands {
            let names = try Self.leaves(of: word).map { ($0.arguments ?? []).flatMap(\.spellings) }
            #expect(names.contains { $0.contains(alias.name) }, "\(word) \(alias.name)")
            #expect(!names.contains { $0.contains(alias.other) }, "\(word) \(alias.other)")
        }
    }

    /// What is typed, and what it means.
    private static let lines: [(String, String)] = [
        (
            "evaluate --ground-truth a --predictions p --protocol demo",
            "evaluate --annotations a --predictions p --protocol demo"
        ),
        (
            "diagnose --ground-truth=a --predictions p --protocol demo",
            "diagnose --annotations a --predictions p --protocol demo"
        ),
        ("compare a b --ground-truth g --samples 50", "compare a b --annotations g --bootstrap 50"),
        (
            "sweep --run r --ground-truth g --protocol demo --raw p --grid a=1",
            "sweep --model r --annotations g --protocol demo --raw p --grid a=1"
        ),
        ("report d --ground-truth g -o r.html", "report d --annotations g --out r.html"),
        ("view v --ground-truth g", "view v --annotations g"),
        ("check --ground-truth g -c h", "check --annotations g --config h"),
        ("convert a --to csv -o b --fps 25", "convert a --to csv --out b --annotations-fps 25"),
        ("stats a --fps 25", "stats a --annotations-fps 25"),
        (
            "train -c c --features f --ground-truth a -o r --weights w -j 2 -q",
            "train --config c --features f --annotations a --out r --encoder-weights w --threads 2 --quiet"
        ),
        (
            "detect v.mp4 --run r --encoder e --weights w --protocol tsp",
            "detect v.mp4 --model r --encoder e --encoder-weights w --encoder-protocol tsp"
        ),
        (
            "extract v --encoder e --encoder-weights w --encoder-protocol tsp -o f.h5 --again -v",
            "extract v --encoder e --weights w --protocol tsp --out f.h5 --overwrite --verbose"
        ),
        ("find v.mp4 text --model m --encoder-weights w", "find v.mp4 text --encoder m --weights w"),
        (
            "retrieve --model m --captions c --split test --encoder-protocol tsp",
            "retrieve --encoder m --captions c --subset test --protocol tsp"
        ),
        (
            "recognize --encoder e --train t --test t --split 2 --encoder-weights w",
            "recognize --encoder e --train t --test t --official-split 2 --weights w"
        ),
        (
            "recognize --features f --ground-truth a --scores s",
            "recognize --features f --annotations a --scores s"
        ),
        ("pretrain -c c -o r --videos v", "pretrain --config c --out r --captions v"),
        (
            "import actionformer -c c --weights w --labels l -o r",
            "import actionformer --config c --weights w --class-names l --out r"
        ),
        (
            "import opentad -c c --weights w --labels l -o r",
            "import opentad --config c --weights w --class-names l --out r"
        ),
        (
            "generate random-detections --ground-truth a --subset test -o r",
            "generate random-detections --annotations a --subset test --out r"
        ),
        ("generate demo -o d -j 2", "generate demo --out d --threads 2"),
    ]

    @Test("a call with second and short names is the call with those of the help", arguments: lines)
    func sameCall(typed: String, meant: String) throws {
        func parse(_ line: String) throws -> String {
            "\(try Tal.parsed(line.split(separator: " ").map(String.init)))"
        }
        #expect(try parse(typed) == parse(meant))
    }

    @Test("every second name is in one of these calls")
    func allAreTried() {
        for alias in OptionNames.aliases {
            #expect(
                Self.lines.contains { typed, _ in
                    let words = typed.split { " =".contains($0) }.map(String.init)
                    return words.contains(alias.other) && alias.commands.contains(words[0])
                }, "\(alias.other)")
        }
    }

    @Test("the documentation lists every second name")
    func documented() throws {
        let page = try String(contentsOf: Checkout.url("docs/command-line.md"), encoding: .utf8)
        for alias in OptionNames.aliases {
            let row = "| `\(alias.name)` | `\(alias.other)` | \(alias.commands.joined(separator: ", ")) |"
            #expect(page.contains(row), "\(row)")
        }
    }

    @Test("what follows a lone -- and what has another command's names stays")
    func untouched() {
        #expect(
            OptionNames.present(["find", "--model", "m", "--", "--model"]) == [
                "find", "--encoder", "m", "--", "--model",
            ])
        #expect(OptionNames.present(["export", "--model", "m"]) == ["export", "--model", "m"])
        #expect(OptionNames.present([]).isEmpty)
    }

    @Test(
        "a run is either replaced or gone on with",
        arguments: ["train --features f --annotations a", "pretrain", "adapt v --model m"])
    func replacedOrResumed(call: String) throws {
        var words = call.split(separator: " ").map(String.init) + ["-o", "r", "--overwrite"]
        if !call.hasPrefix("adapt") { words += ["-c", "c"] }
        #expect(throws: Never.self) { try Tal.parsed(words) }
        #expect(throws: (any Error).self) { try Tal.parsed(words + ["--resume"]) }
    }
}
