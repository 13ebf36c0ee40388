import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// Files of labelling tools: invented ones, and real ones against what separate scripts found in them.
struct LabelFileTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let folder: DataFolder
        let file: String
        let expected: String
        var testDescription: String { "\(folder) \(file)" }

        func number(_ key: String) -> Int? {
            guard let range = expected.range(of: "\(key)=") else { return nil }
            return Int(expected[range.upperBound...].prefix { $0.isNumber })
        }

        /// Start, end and label of the first segment.
        var first: (Double, Double, String)? {
            guard let range = expected.range(of: "first=") else { return nil }
            let text = expected[range.upperBound...]
            let end = text.range(of: "; ")?.lowerBound ?? text.endIndex
            let parts = text[..<end].split(separator: " ", maxSplits: 2)
            guard parts.count == 3, let start = Double(parts[0]), let stop = Double(parts[1]) else { return nil }
            return (start, stop, String(parts[2]))
        }
    }

    static let rows: [Row] = DataFolder.present.flatMap { folder -> [Row] in
        let path = folder.url("labels/MANIFEST.csv").path
        guard let bytes = try? ByteSource.contents(of: path), let table = try? CSVTable(path: path, bytes: bytes) else {
            return []
        }
        return table.rows.map { Row(folder: folder, file: $0[0], expected: $0[5]) }
    }

    /// Files whose expectation is in frames, or has another form; see the tests below.
    static let special: Set<String> = [
        "jwatcher/jwatcher_03_23_2013_b1F.dat", "sheets/thumos14_tsp_cut.csv", "boris/boris_test.boris",
        "boris/boris_from_otx.boris",
        "cvat/volleyball_usa_hitting.xml", "cvat/dagshub_sample_video.xml", "labelstudio/ls_timeline_event.json",
        "framelabels/P16_cam01_P16_cereals.txt", "framelabels/P16_webcam01_P16_tea.txt", "50salads/rgb-01-1.txt",
        "50salads/rgb-02-1.txt", "onehot/daart_fly_2019_06_26.csv", "feral/feral_singlelabel.json",
        "sheets/kth_sequences.txt",
        "other_audio/sppas_sample.ctm", "sheets/tennis_segments.csv", "sheets/sponsor_segments_no_header_cut.csv",
    ]

    private func read(
        _ file: String, in folder: DataFolder = .real, fps: Double? = nil, label: LabelField = .action
    ) throws -> AnnotationSet {
        try AnnotationSet(
            contentsOf: folder.url("labels/" + file).path, ReadingOptions(framesPerSecond: fps, labelField: label))
    }

    @Test(
        "videos, segments and the first segment are those of the manifest",
        arguments: rows.filter { !special.contains($0.file) })
    func agrees(row: Row) throws {
        let set = try read(row.file, in: row.folder, label: .narration)
        #expect(set.videos.count == row.number("videos"))
        #expect(set.segmentCount == row.number("segments"))
        guard let (start, end, label) = row.first else { return }
        let first = try #require(set.videos.first { !$0.segments.isEmpty }?.segments.first)
        #expect(abs(first.segment.start - start) < 1e-6 && abs(first.segment.end - end) < 1e-6)
        #expect(first.label == label)
    }

    private func expectFirst(_ set: AnnotationSet, _ start: Double, _ end: Double, _ label: String) throws {
        let first = try #require(set.videos.first?.segments.first)
        #expect(abs(first.segment.start - start) < 1e-5 && abs(first.segment.end - end) < 1e-5, "\(first)")
        #expect(first.label == label)
    }

    private func count(_ kind: Oddity.Kind, _ set: AnnotationSet) -> Int {
        set.oddities.first { $0.kind == kind }?.count ?? 0
    }

    @Test("frame numbers become seconds by the rate that is given")
    func readsFrames() throws {
        func read(_ file: String, fps: Double? = nil) throws -> AnnotationSet {
            try self.read(file, in: .invented, fps: fps)
        }
        let volleyball = try read("cvat/volleyball_usa_hitting.xml", fps: 30)
        #expect(volleyball.segmentCount == 2)
        try expectFirst(volleyball, 20 / 30, 40 / 30, "approach")
        let salad = try read("50salads/rgb-01-1.txt", fps: 30)
        #expect(salad.segmentCount == 3 && salad.videos[0].id == "rgb-01-1")
        try expectFirst(salad, 0, 60 / 30, "action_start")
        let breakfast = try read("framelabels/P16_cam01_P16_cereals.txt", fps: 15)
        #expect(breakfast.segmentCount == 4 && breakfast.videos[0].frameCount == 50)
        try expectFirst(breakfast, 0, 9 / 15, "SIL")
        let fly = try read("onehot/daart_fly_2019_06_26.csv", fps: 60)
        #expect(fly.segmentCount == 3 && fly.videos[0].frameCount == 40)
        try expectFirst(fly, 0, 12 / 60, "background")
        let feral = try read("feral/feral_singlelabel.json", fps: 25)
        #expect(feral.videos.map(\.frameCount) == [30, 20] && feral.videos[0].id == "synthetic_00")
        try expectFirst(feral, 0, 10 / 25, "eating")
        let kth = try read("sheets/kth_sequences.txt", fps: 25)
        #expect(kth.videos.count == 2 && kth.segmentCount == 5 && kth.videos[0].id == "person01_boxing_d1")
        try expectFirst(kth, 0, 3.8, "boxing")
        for file in ["cvat/volleyball_usa_hitting.xml", "50salads/rgb-01-1.txt"] {
            #expect(throws: AnnotationsError.self) { try read(file) }
        }
        if SharedData.isPresent { try readsRealFrames() }
    }

    private func readsRealFrames() throws {
        let volleyball = try read("cvat/volleyball_usa_hitting.xml", fps: 30)
        #expect(volleyball.segmentCount == 11)
        try expectFirst(volleyball, 20 / 30, 40 / 30, "approach")
        let people = try read("cvat/dagshub_sample_video.xml", fps: 30)
        #expect(people.segmentCount == 3)
        try expectFirst(people, 0, 5 / 30, "person")
        let salad = try read("50salads/rgb-01-1.txt", fps: 30)
        #expect(salad.segmentCount == 15 && salad.videos[0].id == "rgb-01-1")
        try expectFirst(salad, 0, 603 / 30, "action_start")
        #expect(try read("50salads/rgb-02-1.txt", fps: 30).segmentCount == 25)
        let breakfast = try read("framelabels/P16_cam01_P16_cereals.txt", fps: 15)
        #expect(breakfast.segmentCount == 4 && breakfast.videos[0].frameCount == 544)
        try expectFirst(breakfast, 0, 9 / 15, "SIL")
        let tea = try read("framelabels/P16_webcam01_P16_tea.txt", fps: 15)
        #expect(tea.segmentCount == 4 && tea.videos[0].frameCount == 362)
        let fly = try read("onehot/daart_fly_2019_06_26.csv", fps: 60)
        #expect(fly.segmentCount == 7 && fly.videos[0].frameCount == 3501)
        try expectFirst(fly, 0, 1215 / 60, "background")
        let feral = try read("feral/feral_singlelabel.json", fps: 25)
        #expect(feral.videos.count == 18 && feral.videos.reduce(0) { $0 + ($1.frameCount ?? 0) } == 19_093)
        #expect(feral.videos[0].id == "synthetic_00" && feral.videos[0].frameCount == 1203)
        try expectFirst(feral, 0, 217 / 25, "eating")
        let kth = try read("sheets/kth_sequences.txt", fps: 25)
        #expect(kth.videos.count == 599 && kth.segmentCount == 2391 && kth.videos[0].id == "person01_boxing_d1")
        try expectFirst(kth, 0, 3.8, "boxing")
        for file in [
            "cvat/volleyball_usa_hitting.xml", "framelabels/P16_cam01_P16_cereals.txt", "50salads/rgb-01-1.txt",
        ] {
            #expect(throws: AnnotationsError.self) { try read(file) }
        }
    }

    @Test("rates, pairs, gaps and points that a file says by itself")
    func readsSpecialFiles() throws {
        func read(_ file: String) throws -> AnnotationSet { try self.read(file, in: .invented) }
        let timeline = try read("labelstudio/ls_timeline_event.json")
        #expect(timeline.segmentCount == 2 && timeline.videos.count == 1)
        try expectFirst(timeline, 0, 0.4, "Car")
        let tsp = try read("sheets/thumos14_tsp_cut.csv")
        #expect([tsp.videos.count, tsp.segmentCount, count(.gap, tsp)] as [Int] == [2, 2, 1])
        try expectFirst(tsp, 0.2, 1.1, "Billiards")
        let tennis = try read("sheets/tennis_segments.csv")
        #expect(tennis.segmentCount == 2 && count(.unlabelled, tennis) == 2)
        try expectFirst(tennis, 1.5, 7.22, "action")
        let sponsor = try read("sheets/sponsor_segments_no_header_cut.csv")
        #expect(sponsor.videos.map(\.id) == ["ccccccccc_1", "ccccccccc_2"] && sponsor.segmentCount == 2)
        try expectFirst(sponsor, 12.918982, 19.401, "action")
        let watcher = try read("jwatcher/jwatcher_03_23_2013_b1F.dat")
        #expect(watcher.segmentCount == 3 && count(.assumedEnd, watcher) == 3)
        try expectFirst(watcher, 2.847, 9, "h")
        let words = try read("other_audio/sppas_sample.ctm")
        #expect([words.videos.count, words.segmentCount, count(.alternative, words)] as [Int] == [2, 5, 3])
        try expectFirst(words, 1, 1.2, "ONE")
        let boris = try read("boris/boris_test.boris")
        #expect([boris.segmentCount, count(.point, boris), count(.unpaired, boris)] as [Int] == [1, 1, 1])
        #expect(boris.videos.count == 1 + count(.noVideo, boris))
        try expectFirst(boris, 3.3, 7.75, "s")
        if SharedData.isPresent { try readsRealSpecialFiles() }
    }

    private func readsRealSpecialFiles() throws {
        let timeline = try read("labelstudio/ls_timeline_event.json")
        #expect(timeline.segmentCount == 2 && timeline.videos.count == 1)
        try expectFirst(timeline, 0, 0.4, "Car")
        let tsp = try read("sheets/thumos14_tsp_cut.csv")
        #expect(tsp.videos.count == 25 && tsp.segmentCount + count(.gap, tsp) == 259)
        try expectFirst(tsp, 0.2, 1.1, "CricketBowling")
        let tennis = try read("sheets/tennis_segments.csv")
        #expect(tennis.segmentCount == 3 && count(.unlabelled, tennis) == 3)
        try expectFirst(tennis, 1.5, 7.22, "action")
        let sponsor = try read("sheets/sponsor_segments_no_header_cut.csv")
        #expect(sponsor.videos.count == 300 && sponsor.segmentCount == 300 && sponsor.videos[0].id == "hFZFjoX2cGg")
        try expectFirst(sponsor, 1220.918982, 1299.401, "action")
        let watcher = try read("jwatcher/jwatcher_03_23_2013_b1F.dat")
        #expect(watcher.segmentCount == count(.assumedEnd, watcher))
        #expect(watcher.videos[0].segments[0].segment.start == 2.847 && watcher.videos[0].segments[0].label == "h")
        // The manifest counts the marks of alternatives, which have no times.
        let words = try read("other_audio/sppas_sample.ctm")
        #expect(words.videos.count == 3 && words.segmentCount + count(.alternative, words) == 38)
        try expectFirst(words, 1, 1.2, "PYTHON")
        let boris = try read("boris/boris_test.boris")
        #expect(boris.segmentCount == 41 && count(.point, boris) == 50 && count(.unpaired, boris) == 1)
        #expect(boris.videos.count == 6 + count(.noVideo, boris))
        #expect(try read("boris/boris_from_otx.boris").videos.isEmpty)
    }
}
