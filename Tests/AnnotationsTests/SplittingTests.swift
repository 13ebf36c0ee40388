import Foundation
import TestSupport
import Testing

@testable import Annotations

/// Videos divided by chance.
@Suite("Splitting")
struct SplittingTests {
    private static let set = AnnotationSet(
        videos: (0..<20).map { AnnotatedVideo(id: "v\($0)", group: "person \($0 / 4)") })

    private func names(_ set: AnnotationSet, _ subset: String) -> Set<String> {
        Set(set.videos.filter { $0.subset == subset }.map(\.id))
    }

    @Test("a fraction of the videos trains, the rest validates, the same for the same seed")
    func byVideo() throws {
        let (set, subset) = try Self.set.split(DataSplit(training: 0.8, seed: 3))
        #expect(subset == "validation")
        #expect(names(set, "training").count == 16 && names(set, "validation").count == 4)
        #expect(try Self.set.split(DataSplit(training: 0.8, seed: 3)).set.videos == set.videos)
        #expect(try Self.set.split(DataSplit(training: 0.8, seed: 4)).set.videos != set.videos)
        // The order of a file decides nothing.
        var turned = Self.set
        turned.videos.reverse()
        #expect(names(try turned.split(DataSplit(training: 0.8, seed: 3)).set, "training") == names(set, "training"))
    }

    @Test("groups stay together")
    func byGroup() throws {
        let set = try Self.set.split(DataSplit(training: 0.7, keepsGroups: true, seed: 1)).set
        #expect([12, 16].contains(names(set, "training").count))
        for group in Set(set.videos.compactMap(\.group)) {
            #expect(Set(set.videos.filter { $0.group == group }.map(\.subset)).count == 1)
        }
        #expect(throws: AnnotationsError.self) {
            try AnnotationSet(videos: [AnnotatedVideo(id: "a"), AnnotatedVideo(id: "b")])
                .split(DataSplit(training: 0.5, keepsGroups: true))
        }
    }

    @Test("three parts; a part of given training videos; what cannot be")
    func parts() throws {
        let three = try Self.set.split(DataSplit(training: 0.8, validation: 0.25)).set
        #expect(names(three, "training").count == 12 && names(three, "validation").count == 4)
        #expect(names(three, "testing").count == 4)
        var thumos = Self.set
        for index in thumos.videos.indices { thumos.videos[index].subset = index < 10 ? "Validation" : "Test" }
        let (held, subset) = try thumos.split(DataSplit(validation: 0.2), trainingSubset: "Validation")
        #expect(subset == "held-out" && names(held, "held-out").count == 2 && names(held, "Validation").count == 8)
        #expect(names(held, "Test").count == 10)
        #expect(throws: AnnotationsError.self) { try thumos.split(DataSplit(training: 0.5)) }
        #expect(throws: AnnotationsError.self) { try Self.set.split(DataSplit(training: 1)) }
        #expect(throws: AnnotationsError.self) {
            try AnnotationSet(videos: [AnnotatedVideo(id: "a")]).split(DataSplit(training: 0.5))
        }
    }

    @Test("a column of a table is the group")
    func column() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("t.csv"), table = folder.appendingPathComponent("videos.csv")
            try Data("video,start,end,label,Person\na.mp4,1,2,x,ann\nb.mp4,1,2,x,bob\na.mp4,3,4,x,ann\n".utf8).write(
                to: file)
            try Data("video,day\na,mon\nb,tue\n".utf8).write(to: table)
            let set = try AnnotationSet(contentsOf: file.path, ReadingOptions(groupColumn: "Person"))
            #expect(set.videos.map(\.group) == ["ann", "bob"])
            let other = try set.completed(byTable: table.path, groupColumn: "day")
            #expect(other.videos.map(\.group) == ["mon", "tue"])
            // A pipe can be read only once.
            let pipe = folder.appendingPathComponent("pipe").path
            #expect(mkfifo(pipe, 0o600) == 0)
            Thread.detachNewThread {
                try? Data("video,day,seconds\na,mon,5\n".utf8).write(to: URL(fileURLWithPath: pipe))
            }
            let piped = try set.completed(byTable: pipe, groupColumn: "day")
            #expect(piped.videos.map(\.group) == ["mon", "bob"] && piped.videos[0].duration == 5)
            #expect(throws: (any Error).self) {
                try AnnotationSet(contentsOf: file.path, ReadingOptions(groupColumn: "camera"))
            }
        }
    }
}
