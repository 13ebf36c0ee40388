import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// Small files of the layouts of data sets and of people's tables.
struct LayoutTests {
    private func read(
        _ text: String, _ name: String = "clip.csv", _ options: ReadingOptions = ReadingOptions()
    ) throws -> AnnotationSet {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            return try AnnotationSet(contentsOf: file.path, options)
        }
    }

    private func segments(_ set: AnnotationSet) -> [String] {
        set.videos.flatMap { video in
            video.segments.map { "\(video.id) \($0.segment.start) \($0.segment.end) \($0.label)" }
        }
    }

    @Test(
        "tables with any order and usual names of columns",
        arguments: [
            "video,start,end,label\na.mp4,1.5,2.25,jump\n", "label;end;start;video\njump;2,25;1,5;a.mov\n",
            "\u{FEFF}Video ID\tStart Time\tEnd Time\tAction\r\na\t00:01.5\t00:00:02.250\tjump\r\n",
            "filename,t-start,t-end,class\ra.avi,1.5,2.25,jump\r",
            "video_id,start_ms,end_ms,activity\na,1500,2250,jump\n",
            "name,onset,duration,event\na.mkv,1.5,0.75,jump\n", "clip|begin|stop|behaviour\na|1.5|2.25|jump\n",
            "a,1.5,2.25,jump\n", "\"video\",\"label\",\"start\",\"end\"\n\"a\",\"jump\",\"0:01.5\",\"0:02.25\"\n",
        ])
    func readsTables(text: String) throws {
        #expect(segments(try read(text)) == ["a 1.5 2.25 jump"])
    }

    @Test("frames with a rate, scores, subsets, facts of videos, and rows that cannot be used")
    func readsColumns() throws {
        let options = ReadingOptions(framesPerSecond: 10)
        #expect(
            segments(try read("video,start_frame,end_frame,label\na,15,30,x\n", "t.csv", options)) == ["a 1.5 3.0 x"])
        #expect(throws: AnnotationsError.self) { try read("video,start_frame,end_frame,label\na,15,30,x\n") }
        let set = try read(
            "video,start,end,label,score,split,video_duration,fps,subject\na,1,2,x,0.5,train,9.5,25,s1\nb,one,2,x,1,val,,,\n,1,2,y,1,,,,\n"
        )
        #expect(set.videos.map(\.subset) == ["train", "val"])
        #expect(set.videos[0].duration == 9.5 && set.videos[0].framesPerSecond == 25)
        #expect(set.videos[0].segments[0].score == 0.5 && set.videos[0].segments[0].tier == "s1")
        #expect(set.oddities.first { $0.kind == .unusableEntry }?.count == 2)
        #expect(try set.subset("training").videos.map(\.id) == ["a"])
    }

    @Test("HACS clips, Charades, CrossTask and rows of JSON")
    func readsDataSets() throws {
        let hacs = try read(
            "classname,youtube_id,subset,start,end,label\nRun,a,training,1,3,1\nRun,a,training,5,7,-1\n")
        #expect(segments(hacs) == ["a 1.0 3.0 Run"] && hacs.oddities.first?.kind == .gap)
        let charades = try read(
            "id,subject,scene,actions,length\nAAAAA,S1,Hall,c092 11.90 21.20;c147 0.00 12.60,24.83\nCCCCC,S2,Hall,,9.50\n"
        )
        #expect(segments(charades) == ["AAAAA 11.9 21.2 c092", "AAAAA 0.0 12.6 c147"])
        #expect(charades.videos[1].duration == 9.5)
        let crossTask = try read("1,40.51,44.21\n2,46.43,48.93\n", "113766_0_4GDnbHE6M.csv")
        #expect(segments(crossTask)[0] == "0_4GDnbHE6M 40.51 44.21 113766_1")
        let rows = try read(
            #"[{"video": "a.mov", "label": "jump", "start": 3, "end": 8}, {"video": "a.mov", "label": "wave", "start": "00:12", "end": "00:18.50"}]"#,
            "r.json")
        #expect(segments(rows) == ["a 3.0 8.0 jump", "a 12.0 18.5 wave"])
    }

    @Test("JSON of data sets: HACS, COIN, Ego4D, Perception Test, FiftyOne")
    func readsJSON() throws {
        let coin = try read(
            #"{"database": {"v": {"class": "Tea", "annotation": [{"id": "1", "segment": [1, 2], "label": "pour"}], "duration": 9, "subset": "training"}}}"#,
            "c.json")
        #expect(segments(coin) == ["v 1.0 2.0 pour"])
        let ego = try read(
            #"{"version": "1", "videos": [{"video_uid": "u", "split": "train", "clips": [{"clip_uid": "c", "video_start_sec": 10, "video_end_sec": 490, "annotations": [{"labels": [{"start_time": 1, "end_time": 5, "label": "wash", "primary": true}, {"start_time": 1.1, "end_time": 5.1, "label": "wash", "primary": false}]}]}]}]}"#,
            "e.json")
        #expect(segments(ego) == ["c 1.0 5.0 wash"] && ego.videos[0].duration == 480 && ego.videos[0].subset == "train")
        #expect(ego.oddities.map(\.kind) == [.secondary])
        let perception = try read(
            #"{"video_1": {"metadata": {"split": "train", "frame_rate": 30, "num_frames": 300}, "action_localisation": [{"label_id": 23, "label": "Open", "timestamps": [0, 2866667]}, {"label_id": 2, "label": "Pour", "timestamps": [5000000, 9000000]}]}}"#,
            "p.json")
        #expect(segments(perception) == ["video_1 0.0 2.866667 Open", "video_1 5.0 9.0 Pour"])
        #expect(perception.videos[0].duration == 10 && perception.labels == ["Pour", "Open"])
        let fiftyOne = try read(
            #"{"classes": ["x", "y"], "labels": {"a": [{"label": 1, "support": [11, 20], "confidence": 0.5}, {"label": "x", "timestamps": [2, 3]}]}}"#,
            "f.json", ReadingOptions(framesPerSecond: 10))
        #expect(segments(fiftyOne) == ["a 1.0 2.0 y", "a 2.0 3.0 x"] && fiftyOne.isScored)
    }

    @Test("times as text, and times that are not seconds, are noticed")
    func noticesUnits() throws {
        let clock = try read(
            #"{"database": {"v": {"subset": "training", "duration": "00:01:00", "annotations": [{"segment": ["00:12", "00:18.5"], "label": "jump"}]}}}"#,
            "c.json")
        #expect(segments(clock) == ["v 12.0 18.5 jump"] && clock.videos[0].duration == 60)
        let text =
            #"{"database": {"v": {"duration": 60, "annotations": [{"segment": [12000, 18500], "label": "jump"}]}}}"#
        #expect(try read(text, "m.json").oddities.contains { $0.kind == .largeUnit })
        #expect(segments(try read(text, "m.json", ReadingOptions(unit: .milliseconds))) == ["v 12.0 18.5 jump"])
    }

    @Test(
        "a unit counts once, also where the reader takes account of it and where frames are the unit anyway",
        arguments: [
            ("t.csv", "video,start,end,label\nv,1000,2000,x\n", TimeUnit.milliseconds, "v 1.0 2.0 x"),
            ("t.csv", "video,type,type_idx,start,end\nv,x,0,1000,2000\n", .milliseconds, "v 1.0 2.0 x"),
            (
                "t.csv",
                "video-name,t-start,t-end,action-label,temporal-region-label\nv,1000,2000,x,Action\n",
                .milliseconds, "v 1.0 2.0 x"
            ),
            ("t.csv", "video,type,type_idx,start,end\nv,x,0,25,50\n", .frames, "v 1.0 2.0 x"),
            ("v.txt", String(repeating: "x\n", count: 25), .frames, "v 0.0 1.0 x"),
            ("v.csv", "frame,x\n0,0\n1,1\n2,1\n3,0\n4,0\n", .frames, "v 0.04 0.12 x"),
            ("v.csv", "time,x\n0,0\n40,1\n80,1\n120,0\n", .milliseconds, "v 0.04 0.12 x"),
            ("v.srt", "1\n00:00:01,000 --> 00:00:02,000\nx\n", .milliseconds, "v 1.0 2.0 x"),
            (
                "a.json", #"{"v": {"fps": 50, "annotations": [{"segment": [50, 100], "label": "x"}]}}"#, .frames,
                "v 1.0 2.0 x"
            ),
        ])
    func scalesOnce(name: String, text: String, unit: TimeUnit, segment: String) throws {
        let set = try read(text, name, ReadingOptions(framesPerSecond: 25, unit: unit))
        #expect(segments(set) == [segment], "\(set.oddities)")
    }

    @Test("a unit counts for the folder of THUMOS14 too, and ends past a video are counted in it")
    func scalesFolder() throws {
        try TemporaryFolder.with { folder in
            try Data("video_test_1 1000 2000\n".utf8).write(to: folder.appendingPathComponent("Run_test.txt"))
            try Data("video_test_1 3000 4000\n".utf8).write(to: folder.appendingPathComponent("Sit_test.txt"))
            let set = try AnnotationSet(contentsOf: folder.path, ReadingOptions(unit: .milliseconds))
            #expect(segments(set) == ["video_test_1 1.0 2.0 Run", "video_test_1 3.0 4.0 Sit"])
        }
        let text =
            #"{"v": {"duration": 6, "annotations": [{"segment": [1000, 2000], "label": "x"}, {"segment": [5000, 7000], "label": "x"}]}}"#
        let late = try read(text, "m.json", ReadingOptions(unit: .milliseconds)).oddities
        #expect(late.filter { $0.kind == .endPastDuration }.map(\.count) == [1])
        #expect(!late.contains { $0.kind == .largeUnit })
    }

    @Test("whether anything can be used is decided of a whole folder, of all kinds of faults together")
    func refusesWholeSets() throws {
        let bad =
            #"{"v": {"annotations": [{"label": "x", "segment": [1]}, {"label": "x", "segment": ["nan", 2]}, {"label": "x"}]}}"#
        let good = #"{"w": {"annotations": [{"label": "x", "segment": [1, 2]}]}}"#
        try TemporaryFolder.with { folder in
            try Data(bad.utf8).write(to: folder.appendingPathComponent("a.json"))
            let error = #expect(throws: FileError.self) { try AnnotationSet(contentsOf: folder.path) }
            #expect("\(error.map { "\($0)" } ?? "")".contains("none of its 3 entries"), "\(String(describing: error))")
            try Data(good.utf8).write(to: folder.appendingPathComponent("b.json"))
            let set = try AnnotationSet(contentsOf: folder.path)
            #expect(segments(set) == ["w 1.0 2.0 x"])
            #expect(
                set.oddities.filter { [.unusableEntry, .nonFiniteTime].contains($0.kind) }.reduce(0) { $0 + $1.count }
                    == 3)
        }
        // A row that is no action on purpose was understood.
        let gaps = try read(
            "video,t-start,t-end,action-label,temporal-region-label\nv,1,2,x,No action\nv,1,x,x,Action\n", "t.csv")
        #expect(gaps.segmentCount == 0 && Set(gaps.oddities.map(\.kind)) == [.unusableEntry, .gap])
    }

    private static let json =
        #"{"database": {"a": {"duration": DURATION, "annotations": [{"segment": [0.1, 0.2], "label": "LABEL"}, {"segment": [0.3, 0.4], "label": "run"}, {"segment": [0.5, 0.6], "label": "run"}]}, "ID": {"duration": 60, "annotations": [{"segment": [0.1, 0.9], "label": "run"}, {"segment": [0.2, END], "label": "run"}]}}}"#

    private static func odd(duration: String = "60", label: String = "run", id: String = "b", end: String = "20")
        -> String
    {
        json.replacing("DURATION", with: duration).replacing("LABEL", with: label).replacing("ID", with: id)
            .replacing("END", with: end)
    }

    @Test(
        "what is probably not meant so is said",
        arguments: [
            ("a.json", odd(), []), ("a.json", odd(end: "0.8"), [.smallUnit]),
            ("a.json", odd(duration: "-5"), [.unusableDuration]),
            ("a.json", odd(label: ""), [.unlabelled]), ("a.json", odd(label: "Run "), [.nearLabel]),
            ("a.json", odd(id: "A"), [.nearVideo]),
            (
                "a.json",
                #"{"database": {"v": {"duration": 60, "annotations": [{"segment": [125, 250], "label": "x"}, {"segment": [500, 750], "label": "x"}]}}}"#,
                [.endPastDuration, .largeUnit]
            ),
            ("t.csv", "video,start,end,label,confidence\nv,1,2,x,high\n", [.unreadableScore]),
            ("t.csv", "video,start,end,label,video duration\nv,1,2,x,none\n", [.unusableDuration]),
        ] as [(String, String, Set<Oddity.Kind>)])
    func saysOdd(name: String, text: String, kinds: Set<Oddity.Kind>) throws {
        #expect(Set(try read(text, name).oddities.map(\.kind)) == kinds)
    }

    @Test("what is no annotation of segments is named")
    func namesOthers() throws {
        for (text, word) in [
            (#"{"images": [], "categories": [], "annotations": []}"#, "COCO"),
            ("<!DOCTYPE html><html></html>", "web page"),
            ("PK\u{3}\u{4}xxxx", "zip archive"), (#"{"shapes": [], "imagePath": "a.png"}"#, "LabelMe"),
            ("hello world\n", "begins with"),
            ("", "empty"), ("%PDF-1.7", "PDF"), ("version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ] {
            let error = #expect(throws: FileError.self) { try read(text, "x.bin") }
            #expect("\(error.map { "\($0)" } ?? "")".contains(word), "\(word): \(String(describing: error))")
        }
    }

    @Test("names decomposed by macOS are those of keyboards, and extensions of videos are no part of an id")
    func normalizesNames() throws {
        let set = try read("video,start,end,label\ne\u{301}te\u{301}.mp4,1,2,x\n\u{E9}t\u{E9},3,4,y\nv1.2,1,2,x\n")
        #expect(set.videos.map(\.id) == ["\u{E9}t\u{E9}", "v1.2"])
        #expect(Array(set.videos[0].id.utf8) == Array("\u{E9}t\u{E9}".utf8) && set.videos[0].segments.count == 2)
    }

    @Test("several files: subsets by name or word, joined videos, conflicts")
    func readsSeveral() throws {
        try TemporaryFolder.with { folder in
            func write(_ name: String, _ text: String) throws -> String {
                try Data(text.utf8).write(to: folder.appendingPathComponent(name))
                return folder.appendingPathComponent(name).path
            }
            let first = try write(
                "anno_train.json", #"{"a": {"duration_second": 9, "annotations": [{"segment": [0, 1], "label": "x"}]}}"#
            )
            let second = try write(
                "anno_val.json", #"{"b": {"duration_second": 9, "annotations": [{"segment": [0, 1], "label": "y"}]}}"#)
            let set = try AnnotationSet.reading([first, second])
            #expect(set.videos.map(\.subset) == ["training", "validation"] && set.labels == ["x", "y"])
            #expect(try AnnotationSet.reading(["test=" + first]).videos.map(\.subset) == ["test"])
            #expect(try AnnotationSet.reading([first]).subsetNames.isEmpty)
            let third = try write(
                "c.json",
                #"{"a": {"duration_second": 5, "annotations": [{"segment": [0, 1], "label": "x"}, {"segment": [2, 3], "label": "z"}]}}"#
            )
            let joined = try AnnotationSet.reading([first, third])
            #expect(
                joined.videos.count == 1 && joined.videos[0].segments.map(\.label) == ["x", "z"]
                    && joined.videos[0].duration == 9)
            #expect(joined.oddities.contains { $0.kind == .conflict && $0.examples[0].contains("c.json") })
        }
    }

    @Test("names of classes from lists, tables and pairs")
    func namesClasses() throws {
        try TemporaryFolder.with { folder in
            func names(_ name: String, _ text: String) throws -> ClassNames {
                try Data(text.utf8).write(to: folder.appendingPathComponent(name))
                return try ClassNames(contentsOf: folder.appendingPathComponent(name).path)
            }
            let verbs = try names("verbs.csv", "id,key,instances\n0,take,\"['a', 'b']\"\n1,put,[]\n")
            let nouns = try names("nouns.csv", "id,key\n2,plate\n")
            let set = AnnotationSet(videos: [
                AnnotatedVideo(
                    id: "v",
                    segments: ["0,2", "1,2", "1,3"].map {
                        LabelledSegment(segment: Segment(start: 0, end: 1), label: $0)
                    })
            ])
            let (named, unnamed) = ClassNames.apply([verbs, nouns], to: set)
            #expect(named.videos[0].segments.map(\.label) == ["take plate", "put plate", "1,3"] && unnamed == ["1,3"])
            let fromOne = AnnotationSet(videos: [
                AnnotatedVideo(
                    id: "v",
                    segments: ["1", "2"].map { LabelledSegment(segment: Segment(start: 0, end: 1), label: $0) })
            ])
            #expect(ClassNames.apply([try names("l.txt", "walk\nrun\n")], to: fromOne).set.labels == ["run", "walk"])
            let charades = AnnotationSet(videos: [
                AnnotatedVideo(id: "v", segments: [LabelledSegment(segment: Segment(start: 0, end: 1), label: "c001")])
            ])
            #expect(
                ClassNames.apply(
                    [try names("c.txt", "c000 Holding some clothes\nc001 Putting clothes somewhere\n")], to: charades
                ).set.labels == ["Putting clothes somewhere"])
            for (text, word) in [
                ("id;name\n0;jump\n0;run\n", "the class 0 has two names, 'jump' and 'run'"),
                ("0 jump\n0 run\n", "class 0"),
                (#"{"jump": 0, "run": 0}"#, "class 0"), ("jump\n\nrun\n", "line 2: an empty line"),
                ("name\njump\n\nrun\n", "line 3: an empty line"),
            ] {
                let error = #expect(throws: FileError.self) { try names("bad", text) }
                #expect("\(error.map { "\($0)" } ?? "")".contains(word), "\(String(describing: error))")
            }
            #expect(
                ClassNames.apply([try names("m.json", #"{"walk": 1, "run": 2}"#)], to: fromOne).set.labels == [
                    "run", "walk",
                ])
        }
    }

    @Test("archives and folders of the data sets", arguments: DataFolder.present)
    func readsArchives(folder: DataFolder) throws {
        func set(_ path: String, _ options: ReadingOptions = ReadingOptions()) throws -> AnnotationSet {
            try AnnotationSet(contentsOf: folder.url("annotations/" + path).path, options)
        }
        let validation = try set("thumos14/original_txt_val.tar.gz")
        #expect(
            [validation.segmentCount, validation.labels.count]
                == folder.counts(real: [3_007 + 89, 21], invented: [13, 3]))
        #expect(validation.subsetNames == ["validation"])
        #expect(
            try set("thumos14/original_txt_test.tar.gz").segmentCount == folder.value(real: 3_358 + 99, invented: 6))
        #expect(throws: AnnotationsError.self) { try set("breakfast/breakfast_groundTruth_splits.tar.gz") }
        let breakfast = try set("breakfast/breakfast_groundTruth_splits.tar.gz", ReadingOptions(framesPerSecond: 15))
        let frames = breakfast.videos.reduce(0) { $0 + ($1.frameCount ?? 0) }
        #expect(
            [breakfast.videos.count, breakfast.labels.count, frames]
                == folder.counts(real: [1_460, 48, 3_085_477], invented: [12, 6, 3_456]))
        let moments = try set("qvhighlights/highlight_val_release.jsonl.gz")
        #expect(
            [moments.videos.count, moments.segmentCount] == folder.counts(real: [1_519, 2_803], invented: [2, 4]))
    }

    @Test("predictions of EPIC-Kitchens' challenge, of BMN, of mmaction2 and of captioning")
    func readsPredictions() throws {
        try TemporaryFolder.with { folder in
            func predictions(
                _ name: String, _ text: String, _ field: LabelField = .action, _ durations: [String: Double] = [:]
            ) throws -> DetectionFile {
                let file = folder.appendingPathComponent(name)
                try Data(text.utf8).write(to: file)
                return try DetectionFile.read(file.path, labelField: field, durations: durations)
            }
            let epic =
                #"{"version": "0.2", "challenge": "action_detection", "sls_pt": 2, "results": {"P01_01": [{"verb": 1, "noun": 2, "action": "1,2", "score": 0.5, "segment": [4.2, 7]}]}}"#
            #expect(try predictions("e.json", epic).detections.map(\.label) == ["1,2"])
            #expect(try predictions("e.json", epic, .verb).detections.map(\.label) == ["1"])
            #expect(try predictions("e.json", epic, .noun).detections.map(\.label) == ["2"])
            let bmn = try predictions(
                "b.json",
                #"{"version": "1", "results": {"a": [{"score": 0.5, "segment": [1, 2]}]}, "external_data": {}}"#)
            #expect(bmn.detections.map(\.label) == ["action"] && bmn.oddities.map(\.kind) == [.unlabelled])
            let table = "tmin,tmax,tmin_score,tmax_score,score,match_iou,match_ioa\n0.1,0.2,0.95,0.96,0.97,0.85,0.84\n"
            let fractions = try predictions("v_test1.csv", table)
            #expect(fractions.oddities.map(\.kind) == [.fractionOfVideo] && fractions.detections[0].video == "v_test1")
            let seconds = try predictions("v_test1.csv", table, .action, ["test1": 50])
            #expect(seconds.detections[0].segment == Segment(start: 5, end: 10) && seconds.detections[0].score == 0.97)
            let csv = try predictions("p.csv", "video,start,end,label,score\na,1,2,x,0.5\n")
            #expect(csv.detections.map(\.score) == [0.5])
            #expect(throws: FileError.self) { try predictions("q.csv", "video,start,end,label\na,1,2,x\n") }
        }
    }

    @Test("predictions of others have the counts that are known of them", arguments: DataFolder.present)
    func readsRealPredictions(folder: DataFolder) throws {
        let captions = try DetectionFile.read(
            folder.url("predictions/activitynet_captions/captioning_results_val_1_e26.json.gz").path
        ).detections
        #expect([captions.videos.count, captions.count] == folder.counts(real: [4_483, 15_921], invented: [2, 3]))
        let proposals = try DetectionFile.read(
            folder.url("annotations/mmaction2_samples/proposals__v_test1.csv").path)
        #expect(proposals.detections.count == folder.value(real: 9, invented: 2))
    }
}
