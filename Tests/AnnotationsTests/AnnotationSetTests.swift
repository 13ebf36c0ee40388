import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

struct AnnotationSetTests {
    private func read(_ text: String) throws -> AnnotationSet {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("annotations.json")
            try Data(text.utf8).write(to: file)
            return try AnnotationSet(contentsOf: file.path)
        }
    }

    @Test("the official layout gives videos, subsets and labels in alphabetical order")
    func readsOfficial() throws {
        let set = try read(
            """
            {"version": "1.3", "taxonomy": [{"nodeId": 1}], "database": {
              "b": {"duration": 82.5, "subset": "training", "resolution": "320x240", "url": "u",
                    "annotations": [{"segment": [1, 9.5], "label": "Zumba"}, {"segment": [20, 30], "label": "Archery"}]},
              "a": {"duration": 10, "subset": "validation", "annotations": []}}}
            """)
        #expect(set.layout == .activityNet)
        #expect(set.labels == ["Archery", "Zumba"])
        #expect(set.videos.map(\.id) == ["b", "a"])
        #expect(set.videos[0].duration == 82.5)
        #expect(set.videos[0].segments[0].segment == Segment(start: 1, end: 9.5))
        #expect(try set.subset("VALIDATION").videos.map(\.id) == ["a"])
        #expect(try set.subset("training").labels.count == 2)
        #expect(set.oddities.isEmpty)
    }

    @Test("label ids give the order of the labels")
    func readsActionFormer() throws {
        let set = try read(
            """
            {"database": {"v": {"subset": "Test", "duration": 9.0, "fps": 30.0, "annotations": [
              {"label": "alpha", "segment": [1, 2], "segment(frames)": [30, 60], "label_id": 1},
              {"label": "zulu", "segment": [3, 4], "label_id": 0}]}}}
            """)
        #expect(set.layout == .actionFormer)
        #expect(set.labels == ["zulu", "alpha"])
        #expect(set.labelOrder == .identifier)
        #expect(set.videos[0].framesPerSecond == 30)
    }

    @Test("frame counts, flat files, text times and numbered actions are understood")
    func readsOtherLayouts() throws {
        let openTAD = try read(
            #"{"database": {"v": {"duration": 9, "frame": 270, "subset": "training", "annotations": []}}}"#)
        #expect(openTAD.layout == .openTAD && openTAD.videos[0].frameCount == 270)
        let flat = try read(
            #"{"v": {"duration": 9, "frames": 27, "subset": "test", "annotations": [{"segment": [0, 1], "label": "x"}]}}"#
        )
        #expect(flat.layout == .flat && flat.segmentCount == 1)
        let text = try read(
            #"{"database": {"v": {"subset": "test", "annotations": [{"segment": ["1.5", "2.5"], "label": "x"}]}}}"#)
        #expect(text.layout == .gtad && text.videos[0].segments[0].segment == Segment(start: 1.5, end: 2.5))
        #expect(text.videos[0].duration == nil)
        #expect(Set(text.oddities.map(\.kind)) == [.timeAsText, .missingDuration])
        let numbered = try read(#"{"v": {"subset": "testing", "duration": 9, "actions": [[12, 1, 2], [3, 4, 5]]}}"#)
        #expect(numbered.layout == .numberedActions && numbered.labels == ["3", "12"])
        let captions = try read(#"{"v": {"duration": 9, "timestamps": [[0, 1]], "sentences": ["A dog."]}}"#)
        #expect(captions.layout == .captions && captions.labels == ["A dog."])
    }

    @Test("oddities are counted and named, and what cannot be used is left out")
    func countsOddities() throws {
        let set = try read(
            """
            {"database": {"v": {"subset": "test", "duration": 10, "annotations": [
              {"segment": [5, 5], "label": "x"}, {"segment": [8, 12], "label": "x"}, {"segment": [8.0005, 12], "label": "x"},
              {"segment": [-1, 2], "label": "x"}, {"segment": [1], "label": "x"}, {"label": "x"}, {"segment": [1, 2]}, 3,
              {"segment": [NaN, 2], "label": "x"}]}, "w": 4}}
            """)
        #expect(set.segmentCount == 4)
        let counts = Dictionary(uniqueKeysWithValues: set.oddities.map { ($0.kind, $0.count) })
        #expect(
            counts == [
                .endNotAfterStart: 1, .endPastDuration: 2, .nearDuplicate: 1, .negativeStart: 1, .unusableEntry: 5,
                .nonFiniteTime: 1,
            ])
    }

    @Test("a wrong subset names those there are")
    func refusesUnknownSubset() throws {
        let set = try read(#"{"database": {"v": {"subset": "validation", "annotations": []}}}"#)
        #expect(throws: AnnotationsError.noSuchSubset(asked: "training", present: ["validation"])) {
            try set.subset("training")
        }
        #expect(try set.subset("val").videos.count == 1)
    }

    @Test("files of another kind are refused with what they are")
    func refusesOtherFiles() throws {
        for text in [#"{"results": {}}"#, #"{"a": 1}"#, "[]", #"{"database": 3}"#] {
            #expect(throws: FileError.self) { try read(text) }
        }
        #expect(throws: FileError.self) { try AnnotationSet(contentsOf: "/nowhere/file.json") }
        #expect(throws: FileError.self) { try AnnotationSet(contentsOf: NSTemporaryDirectory()) }
    }

    struct RealFile: CustomTestStringConvertible, Sendable {
        var folder = DataFolder.real
        let path: String
        let layout: AnnotationLayout
        let subsets: [String: [Int]]
        let labels: Int
        var oddities: [Oddity.Kind: Int] = [:]
        var testDescription: String { "\(folder) \(path)" }
    }

    static let inventedFiles = [
        RealFile(
            folder: .invented, path: "activitynet/activitynet_v1-3_merged.json.gz", layout: .activityNet,
            subsets: ["training": [3, 4], "validation": [2, 4], "testing": [1, 0]], labels: 3,
            oddities: [.endNotAfterStart: 1, .endPastDuration: 1]),
        RealFile(
            folder: .invented, path: "activitynet/anet_anno_action.json.gz", layout: .bsn, subsets: ["": [5, 8]],
            labels: 3),
        RealFile(
            folder: .invented, path: "thumos14/thumos14.json.gz", layout: .actionFormer,
            subsets: ["Validation": [2, 13], "Test": [3, 5]], labels: 4, oddities: [.endPastDuration: 1]),
        RealFile(
            folder: .invented, path: "thumos14/thumos_14_anno.json.gz", layout: .openTAD,
            subsets: ["training": [2, 13], "validation": [3, 5]], labels: 4),
        RealFile(
            folder: .invented, path: "thumos14/thumos14_flat.json.gz", layout: .flat,
            subsets: ["validation": [2, 13], "test": [3, 5]], labels: 4, oddities: [.endPastDuration: 1]),
        RealFile(
            folder: .invented, path: "thumos14/thumos_gt.json.gz", layout: .gtad,
            subsets: ["train": [2, 13], "test": [3, 5]], labels: 4, oddities: [.timeAsText: 18, .missingDuration: 5]),
        RealFile(
            folder: .invented, path: "multithumos/multithumos.json.gz", layout: .numberedActions,
            subsets: ["training": [3, 27], "testing": [5, 45]], labels: 11),
        RealFile(
            folder: .invented, path: "charades/charades.json.gz", layout: .numberedActions,
            subsets: ["training": [4, 36], "testing": [8, 72]], labels: 17),
    ]

    static let realFiles = [
        RealFile(
            path: "activitynet/activitynet_v1-3_merged.json.gz", layout: .activityNet,
            subsets: ["training": [10_024, 15_410], "validation": [4_926, 7_654], "testing": [5_044, 0]], labels: 200,
            oddities: [.endNotAfterStart: 12, .endPastDuration: 1_627]),
        RealFile(
            path: "activitynet/anet_anno_action.json.gz", layout: .bsn, subsets: ["": [19_228, 22_152]], labels: 200),
        RealFile(
            path: "thumos14/thumos14.json.gz", layout: .actionFormer,
            subsets: ["Validation": [200, 3_007], "Test": [212, 3_358]], labels: 20, oddities: [.endPastDuration: 30]),
        RealFile(
            path: "thumos14/thumos_14_anno.json.gz", layout: .openTAD,
            subsets: ["training": [200, 3_003], "validation": [211, 3_325]], labels: 20),
        RealFile(
            path: "thumos14/thumos14_flat.json.gz", layout: .flat,
            subsets: ["validation": [200, 3_007], "test": [212, 3_358]], labels: 20, oddities: [.endPastDuration: 92]),
        RealFile(
            path: "thumos14/thumos_gt.json.gz", layout: .gtad,
            subsets: ["train": [200, 3_007], "test": [210, 3_311]],
            labels: 20, oddities: [.timeAsText: 6_318, .missingDuration: 410]),
        RealFile(
            path: "multithumos/multithumos.json.gz", layout: .numberedActions,
            subsets: ["training": [200, 18_482], "testing": [213, 20_208]], labels: 65),
        RealFile(
            path: "charades/charades.json.gz", layout: .numberedActions,
            subsets: ["training": [7_985, 49_809], "testing": [1_863, 16_691]], labels: 157),
    ]

    @Test(
        "files of data sets have the counts that are known of them",
        arguments: inventedFiles + (SharedData.isPresent ? realFiles : []))
    func readsRealFiles(file: RealFile) throws {
        let set = try AnnotationSet(contentsOf: file.folder.url("annotations/\(file.path)").path)
        #expect(set.layout == file.layout)
        #expect(set.labels.count == file.labels)
        for (name, counts) in file.subsets {
            let subset = try set.subset(name)
            #expect([subset.videos.count, subset.segmentCount] == counts, "\(name)")
        }
        let counts = Dictionary(uniqueKeysWithValues: set.oddities.map { ($0.kind, $0.count) })
        for (kind, count) in file.oddities { #expect(counts[kind] == count, "\(kind)") }
    }
}
