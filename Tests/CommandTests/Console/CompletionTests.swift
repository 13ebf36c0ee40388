import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import tal

/// Real shells complete with the scripts that the program writes; a shell that is not there is passed by.
@Suite("completions")
struct CompletionTests {
    /// What is typed, and what is among that which a shell offers.
    private static let lines: [(String, String)] = [
        ("tal tra", "train"), ("tal import open", "opentad"), ("tal train --encoder-w", "--encoder-weights"),
        ("tal train -c actionformer-gy", "actionformer-gym"), ("tal extract x --encoder videomae-b", "videomae-base"),
        ("tal evaluate --protocol thumos14-op", "thumos14-opentad-211"),
        ("tal train --config READM", "README.md"),
        ("tal check --annotations Tests/Fixtures/reference/eval/tiny_gt.json --validation-subset val", "validation"),
    ]

    @Test("subsets are those of the files that either name of the option gives")
    func annotationFiles() {
        func files(_ line: String) -> [String] {
            CompletionKind.annotations(in: line.split(separator: " ").map(String.init))
        }
        #expect(files("tal evaluate --annotations a --subset") == ["a"])
        #expect(files("tal evaluate --ground-truth a --annotations b --subset") == ["a", "b"])
        #expect(files("tal evaluate --ground-truth=a --subset") == ["a"])
        #expect(files("tal export --ground-truth a").isEmpty && files("tal evaluate --annotations").isEmpty)
    }

    private static func path(of shell: String) -> String? {
        ["/bin/", "/usr/bin/", "/usr/local/bin/"].map { $0 + shell }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a script of a shell in the checkout, where `tal` and its completions are found in the folder `$1`.
    private static func run(_ shell: String, options: [String], _ script: String) throws -> String? {
        guard let program = path(of: shell) else { return nil }
        return try TemporaryFolder.with { folder in
            try FileManager.default.createSymbolicLink(
                at: folder.appendingPathComponent("tal"), withDestinationURL: Program.url)
            let made = try Program.run(["--generate-completion-script", shell])
            #expect(made.status == 0)
            try Data(made.output.utf8).write(to: folder.appendingPathComponent("_tal"))
            let text = script.replacing("FOLDER", with: folder.path).replacing("ROOT", with: Checkout.url("").path)
            let file = folder.appendingPathComponent("script")
            try Data(text.utf8).write(to: file)
            return try RunProcess.run(program, options + [file.path]).output
        }
    }

    private static func check(_ output: String?, separator: Character) {
        guard let output else { return }
        let answers = output.components(separatedBy: "END\n")
        for ((line, expected), answer) in zip(lines, answers) {
            let words = answer.split { $0 == separator || $0 == "\n" }.map(String.init)
            #expect(words.contains(expected), "\(line): \(answer)")
        }
        #expect(answers.count == lines.count + 1)
    }

    @Test("bash completes commands, options, names, files and subsets")
    func bash() throws {
        let calls = Self.lines.map { "try \($0.0)" }.joined(separator: "\n")
        let output = try Self.run(
            "bash", options: ["--norc", "--noprofile"],
            """
            PATH=FOLDER:$PATH
            cd ROOT
            source FOLDER/_tal
            try() {
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
                _tal tal "${@: -1}" "${@: -2:1}"
                printf '%s\\n' "${COMPREPLY[@]}" END
            }
            \(calls)
            """)
        Self.check(output, separator: "\n")
    }

    @Test("fish completes commands, options, names, files and subsets")
    func fish() throws {
        let calls = Self.lines.map { "complete -C '\($0.0)'; echo END" }.joined(separator: "\n")
        let output = try Self.run(
            "fish", options: ["--no-config"],
            """
            set -x PATH FOLDER $PATH
            cd ROOT
            source FOLDER/_tal
            \(calls)
            """)
        Self.check(output, separator: "\t")
    }

    @Test("zsh completes names, files and subsets on its command line")
    func zsh() throws {
        // Keys are typed into a terminal of their own; the last one prints what the line holds then.
        let lines = Self.lines
        let calls = lines.map { "try '\($0.0)'" }.joined(separator: "\n")
        let output = try Self.run(
            "zsh", options: ["-f"],
            """
            zmodload zsh/zpty
            try() {
                zpty z 'PATH=FOLDER:$PATH TERM=dumb zsh -f -i'
                zpty -w z 'PROMPT= RPS1=; cd ROOT; fpath=(FOLDER $fpath); autoload -Uz compinit; compinit -u -D; \
            dump() { print -r -- "BUFFER<$BUFFER>" }; zle -N dump; bindkey "^X" dump; print REA""DY'
                zpty -r z out '*READY*'
                zpty -w -n z "$1"$'\\t\\x18'
                zpty -r z out '*BUFFER<*>*'
                print -r -- ${${out##*BUFFER<}%%>*}
                zpty -d z
            }
            \(calls)
            """)
        guard let output else { return }
        let found = output.split(separator: "\n")
        #expect(found.count == lines.count)
        for ((line, expected), answer) in zip(lines, found) {
            #expect(answer.split(separator: " ").last.map(String.init) == expected, "\(line): \(answer)")
        }
    }
}
