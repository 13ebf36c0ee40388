import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Annotations

struct TableTests {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(path: "t.csv", bytes: Array(text.utf8)) }

    @Test("quotes, doubled quotes, commas and line ends")
    func parses() throws {
        let table = try table("a,b\r\n\"x, \"\"y\"\"\n\",2\n\n3,\"\"")
        #expect(table.header == ["a", "b"])
        #expect(table.rows == [["x, \"y\"\n", "2"], ["3", ""]])
    }

    @Test("whatever fields hold, what is quoted reads back, with the line of each row", arguments: 0..<20)
    func readsBack(seed: Int) throws {
        var random = RandomGenerator(seed: UInt64(seed))
        let letters = ["a", "é", "\u{1F600}", ",", "\"", "\n", "\r\n", "\r", ";", " ", ""]
        func field() -> String {
            (0..<random.integer(in: 0...6)).map { _ in letters[random.integer(in: 0...(letters.count - 1))] }.joined()
        }
        var text = "", expected: [[String]] = [], lines: [Int] = [], line = 1
        for _ in 0..<30 {
            let row = (0..<3).map { _ in field() }
            lines.append(line)
            expected.append(row)
            let fields = row.map { field in
                let isPlain = !field.utf8.contains { ",\"\n\r".utf8.contains($0) }
                return isPlain && random.integer(in: 0...1) == 0
                    ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
            }
            text += fields.joined(separator: ",") + "\n"
            // A carriage return alone ends a line as well.
            let joined = Array(fields.joined(separator: ",").utf8)
            line +=
                1
                + joined.indices.count { index in
                    joined[index] == 0x0A
                        || joined[index] == 0x0D && !(index + 1 < joined.count && joined[index + 1] == 0x0A)
                }
        }
        let table = try CSVTable(path: "t.csv", bytes: Array(text.utf8))
        #expect([table.header] + table.rows == expected)
        #expect(table.lines == Array(lines.dropFirst()))
    }

    @Test("the end of a table, and where it is no text")
    func ends() throws {
        #expect(try table("a,b\n1,").rows == [["1", ""]])
        #expect(try table("a,b\n\"\",\"\"").rows == [["", ""]])
        #expect(try table("a\n\"x\"y\"\n").rows == [["xy\""]])
        let error = #expect(throws: FileError.self) {
            try CSVTable(path: "t.csv", bytes: Array("a,b\n1,ü".utf8) + [0xFF, 0x0A])
        }
        #expect(error.map { "\($0)".contains("UTF-8") && "\($0)".contains("8") } ?? false)
    }

    @Test("times are the nearest numbers to their digits")
    func readsTimes() {
        let texts: [(String, Double?)] = [
            ("12.5", 12.5), ("0.1", 0.1), ("12,5", 12.5), ("1:02.5", 62.5), ("00:01:02.500", 62.5), ("1:2:3:4", nil),
            (" 7 ", 7), ("-0.5", -0.5), ("1e3", 1000), ("59.999999999999999999", 59.999999999999999999), (".5", 0.5),
            ("1.", 1),
            ("1:60", nil), ("", nil), (":", nil), ("1:", nil), ("12.34.5", nil), ("+3", 3),
        ]
        for (text, value) in texts { #expect(TimeText.seconds(text) == value, "\(text)") }
        for number in stride(from: 0.0, to: 5000, by: 1.37) {
            #expect(TimeText.seconds("\(number)") == number)
        }
    }

    @Test("open quotes and empty files are refused", arguments: ["a,b\n\"x", ""])
    func refuses(text: String) {
        #expect(throws: FileError.self) { try table(text) }
    }

    private func read(_ text: String, _ field: LabelField = .action) throws -> AnnotationSet {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("a.csv")
            try Data(text.utf8).write(to: file)
            return try AnnotationSet(contentsOf: file.path, labelField: field)
        }
    }

    @Test("EPIC-Kitchens gives verbs, nouns or pairs")
    func readsEpicKitchens() throws {
        let text = """
            narration_id,video_id,start_timestamp,stop_timestamp,verb_class,noun_class,all_nouns
            1,P01,00:00:01.50,00:01:02.00,10,3,"['a', 'b']"
            2,P01,01:00:00.00,01:00:01.25,2,3,"['a']"
            3,P02,xx,01:00:01.25,2,3,"['a']"
            """
        let pairs = try read(text)
        #expect(pairs.layout == .epicKitchens && pairs.labels == ["2,3", "10,3"])
        #expect(pairs.videos[0].segments[0].segment == Segment(start: 1.5, end: 62))
        #expect(pairs.videos[0].segments[1].segment == Segment(start: 3600, end: 3601.25))
        #expect(pairs.oddities.map(\.count) == [1])
        #expect(try read(text, .verb).labels == ["2", "10"])
        #expect(try read(text, .noun).labels == ["3"])
    }

    @Test("the tables of THUMOS14 keep Ambiguous and know the subset")
    func readsThumos() throws {
        let named = try read("video,type,type_idx,start,end\nvideo_test_0000001,Ambiguous,0,1,2\n")
        #expect(named.videos[0].subset == "test" && named.labels == ["Ambiguous"])
        let numbered = try read(
            "video-name,t-init,t-end,f-init,f-end,video-duration,frame-rate,video-frames,label-idx\n"
                + "video_validation_1,1,2,30,60,9.5,30.0,285,-1\n")
        #expect(numbered.videos[0].subset == "validation" && numbered.videos[0].duration == 9.5)
        #expect(numbered.labels == ["Ambiguous"])
        let tsp = try read(
            "video-name,t-start,t-end,action-label,video-duration,filename,fps,video-frames,temporal-region-label\n"
                + "v,0,1,No action,9.5,v.mp4,30.0,285,No action\nv,1,2,Run,9.5,v.mp4,30.0,285,Action\n")
        #expect(tsp.segmentCount == 1 && tsp.videos[0].frameCount == 285)
        #expect(throws: FileError.self) { try read("a,b\n1,2\n") }
    }

    @Test("a table of videos fills in what annotations lack")
    func completes() throws {
        let set = AnnotationSet(videos: [AnnotatedVideo(id: "v_a"), AnnotatedVideo(id: "b")])
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("videos.csv")
            try Data("video,numFrame,seconds,fps,subset\nv_a,300,10.5,28.6,training\n".utf8).write(to: file)
            let completed = try set.completed(byTable: file.path)
            #expect(completed.videos[0].duration == 10.5 && completed.videos[0].subset == "training")
            #expect(completed.videos[0].frameCount == 300 && completed.videos[1] == set.videos[1])
            try Data("video,seconds,fps\nv_a,nan,-1\n".utf8).write(to: file)
            #expect(try set.completed(byTable: file.path).videos == set.videos)
            #expect(try set.completed(byTable: file.path).oddities.map(\.kind) == [.unusableDuration])
            // Durations as people write them, and what they say of segments.
            var long = set
            long.videos[0].segments = [LabelledSegment(segment: Segment(start: 0, end: 62), label: "x")]
            long.oddities = [Oddity(kind: .missingDuration, count: 2, examples: ["v_a", "b"])]
            try Data("video;duration\nv_a;1:00,5\nb;\nv_a;60,5\n".utf8).write(to: file)
            let found = try long.completed(byTable: file.path)
            #expect(found.videos[0].duration == 60.5)
            #expect(found.oddities.map { "\($0.kind) \($0.count)" } == ["endPastDuration 1", "missingDuration 1"])
            for (text, word) in [
                ("video,duration\nv_a,60\nv_a,70\n", "line 3: says something else of the video 'v_a' than line 2"),
                ("video,duration\nv_a,60,x\n", "line 2: 3 cells in place of 2"),
            ] {
                try Data(text.utf8).write(to: file)
                let error = #expect(throws: FileError.self) { try set.completed(byTable: file.path) }
                #expect("\(try #require(error))".contains(word))
            }
        }
    }

    @Test("a proposal list gives ground truth and ranked proposals")
    func readsProposals() throws {
        let text = "# 1\nabc\n1\n1\n1\n58 0.1 0.9\n2\n58 0.9 1.0 0.1 0.8\n0 0.0 0.0 0.2 0.3\n"
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("list.txt")
            try Data(text.utf8).write(to: file)
            let list = try ProposalList(contentsOf: file.path)
            #expect(list.annotations.videos[0].segments.map(\.label) == ["58"])
            #expect(Array(list.proposals).map(\.score) == [1, 0.5])
            #expect(try AnnotationSet(contentsOf: file.path).segmentCount == 1)
            #expect(try DetectionFile.read(file.path).detections.count == 2)
            for bad in [String(text.dropLast(5)), text + text, text.replacing("0.9 1.0", with: "nan 1.0")] {
                try Data(bad.utf8).write(to: file)
                #expect(throws: FileError.self) { try ProposalList(contentsOf: file.path) }
            }
        }
    }

    @Test("tables of data sets have the counts that are known of them", arguments: DataFolder.present)
    func readsRealTables(folder: DataFolder) throws {
        func set(_ path: String) throws -> AnnotationSet {
            try AnnotationSet(contentsOf: folder.url("annotations/\(path)").path)
        }
        let epic = try set("epic_kitchens_100/EPIC_100_validation.csv.gz")
        #expect([epic.videos.count, epic.segmentCount] == folder.counts(real: [138, 9_668], invented: [2, 3]))
        let complete = try epic.completed(
            byTable: folder.url("annotations/epic_kitchens_100/EPIC_100_video_info.csv").path)
        #expect(complete.videos.allSatisfy { $0.duration != nil && $0.framesPerSecond != nil })
        let test = try set("thumos14/test_Annotation.csv.gz")
        #expect(
            [test.videos.count, test.segmentCount, test.labels.count]
                == folder.counts(real: [213, 3_457, 21], invented: [3, 6, 4]))
        #expect(
            try set("thumos14/thumos14_test_groundtruth.csv.gz").segmentCount == folder.value(real: 3_457, invented: 6))
        let tsp = try set("thumos14/tsp_thumos14_test_groundtruth.csv.gz")
        #expect([tsp.videos.count, tsp.segmentCount] == folder.counts(real: [212, 3_358], invented: [3, 5]))
        let bsn = try set("activitynet/anet_anno_action.json.gz").completed(
            byTable: folder.url("annotations/activitynet/video_info_new.csv.gz").path)
        #expect(try bsn.subset("validation").videos.count == folder.value(real: 4_728, invented: 2))
        #expect(try bsn.subset("validation").segmentCount == folder.value(real: 7_293, invented: 4))
        let captions = try set("activitynet_captions/val_1.json.gz")
        #expect(
            [captions.videos.count, captions.segmentCount] == folder.counts(real: [4_917, 17_505], invented: [2, 3]))
    }
}
