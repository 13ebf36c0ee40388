import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// Follows docs/add-an-annotation-format.md from a file to the segments and back.
@Suite("the guide to a new annotation format")
struct FormatGuideTests {
    private static let guide = "docs/add-an-annotation-format.md"
    /// With the new format in the list, before formats without marks of their own.
    private static let formats = [.bracketed] + AnnotationFormat.all
    private static let example = "[1.5,2.25]\ta.mp4\tjump\n[3,4]\tb.mp4\twalk on\n"

    private static func source(_ text: String, _ name: String = "x.txt") throws -> SourceFile {
        try SourceFile(bytes: Array(text.utf8), path: name)
    }

    @Test("a file is recognized and read, and what is written reads back the same")
    func wholeWay() throws {
        #expect(try AnnotationReader.recognized(Self.source(Self.example), among: Self.formats).name == "bracketed")
        let read = try #require(AnnotationFormat.bracketed.read), write = try #require(AnnotationFormat.bracketed.write)
        let set = try read(Self.source(Self.example), ReadingOptions())
        #expect(set.videos.map(\.id) == ["a", "b"] && set.labels == ["jump", "walk on"])
        #expect(set.videos[0].segments[0].segment == Segment(start: 1.5, end: 2.25))
        var losses = Losses()
        let bytes = try write(set, WritingOptions(), &losses)
        #expect(losses.lines.isEmpty)
        #expect(try read(SourceFile(bytes: bytes, path: "y.txt"), ReadingOptions()).videos == set.videos)
        #expect(ReadingOptions(format: .bracketed).format?.name == "bracketed")
    }

    @Test("reading goes by the name of the format too, as with every other")
    func byName() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("x.txt")
            try Data(Self.example.utf8).write(to: file)
            let set = try AnnotationSet.reading([file.path], ReadingOptions(format: .bracketed))
            #expect(set.segmentCount == 2 && set.layout == nil)
        }
    }

    @Test(
        "files of similar formats are still what they are, and damaged lines are named",
        arguments: [
            ("1.5\t2.25\tjump\n", "audacity"), ("a,1.5,2.25,jump\n", "csv"), (#"[{"video": "a", "start": 1}]"#, ""),
        ]
    )
    func others(text: String, name: String) throws {
        let found = try? AnnotationReader.recognized(Self.source(text), among: Self.formats)
        #expect(found?.name != "bracketed" && (name.isEmpty || found?.name == name))
        let read = try #require(AnnotationFormat.bracketed.read)
        let error = #expect(throws: FileError.self) {
            try read(Self.source(Self.example + "[5;6]\ta.mp4\tjump\n"), ReadingOptions())
        }
        #expect(error?.description.contains("line 3") == true)
    }

    @Test("its code is the code that is compiled here")
    func isCurrent() throws {
        let strangers = try CodeBlock.strangers(
            "swift", in: Self.guide, to: ["Tests/AnnotationsTests/Guide/Bracketed.swift"])
        #expect(strangers.map(\.line) == [])
    }
}
