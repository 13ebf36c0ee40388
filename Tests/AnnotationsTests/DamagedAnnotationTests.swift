import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// Files from strangers: damage gives an error that names the file, and never a crash or a wait without end.
struct DamagedAnnotationTests {
    /// A small generator of numbers, so that every run damages in the same way.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    @Test("a list of segments that is none is counted, not taken for a video without segments")
    func noList() throws {
        let text =
            #"{"database": {"v": {"duration": 9, "annotations": {"segment": [0, 1], "label": "a"}}, "w": {"annotations": null}, "x": {"annotations": [{"segment": [0, 1], "label": "a"}]}}}"#
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let set = try AnnotationSet(contentsOf: path)
            #expect(set.oddities.first { $0.kind == .unusableEntry }?.count == 1)
        }
    }

    @Test(
        "what holds no annotations says what it is",
        arguments: [
            ("", "empty"), ("\u{FEFF}", "empty"), ("<!DOCTYPE html><html></html>", "web page"),
            ("version https://git-lfs.github.com/spec/v1\n", "Git LFS"), ("null", "begins with 'null'"),
        ])
    func foreign(text: String, expected: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let problem = try #require(AnnotationFormat.problem(of: path))
            #expect(problem.description.contains(expected))
            try Data([0xFF, 0xFE, 0, 0, 0x41, 0, 0, 0]).write(to: URL(fileURLWithPath: path))
            #expect {
                try AnnotationSet(contentsOf: path)
            } throws: {
                "\($0)".contains("UTF-32")
            }
        }
    }

    /// One small file of every format, by the extension that it is usually given.
    static let examples: [(name: String, text: String)] = [
        (
            "a.json",
            #"{"version": "1", "database": {"v": {"subset": "training", "duration": 9.5, "annotations": [{"segment": [1, 2.5], "label": "x", "label_id": 3}]}}}"#
        ),
        (
            "r.json",
            #"{"version": "1", "results": {"v": [{"label": "x", "score": 0.5, "segment": [1, 2.5]}, {"verb": 1, "noun": 2, "score": 1, "segment": [0, 1]}]}}"#
        ),
        (
            "a.eaf",
            #"<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT><HEADER TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR MEDIA_URL="file:///a.mp4"/></HEADER><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="320"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="2470"/></TIME_ORDER><TIER TIER_ID="T"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>a &amp; b</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"#
        ),
        (
            "c.xml",
            #"<annotations><version>1.1</version><meta><task><id>1</id><source>a.mp4</source></task></meta><track id="0" label="x"><box frame="0" outside="0"/><box frame="9" outside="1"/></track></annotations>"#
        ),
        (
            "t.TextGrid",
            "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = 9\ntiers? <exists>\nsize = 1\nitem []:\n item [1]:\n  class = \"IntervalTier\"\n  name = \"n\"\n  xmin = 0\n  xmax = 9\n  intervals: size = 1\n  intervals [1]:\n   xmin = 0\n   xmax = 9\n   text = \"a\"\"b\"\n"
        ),
        ("s.srt", "1\n00:00:01,000 --> 00:00:02,500\njump\n\n2\n00:00:03,000 --> 00:00:04,000\nwalk\n"),
        ("s.vtt", "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.500 align:left\na &lt; b\n"),
        ("l.txt", "0.5\t1.25\tcall\n\\\t100.0\t200.0\n2.0\t3.0\tsong\n"),
        (
            "via.json",
            #"{"project": {"pid": "x"}, "config": {}, "attribute": {"1": {"aname": "a", "options": {"0": "jump"}}}, "file": {"1": {"fid": "1", "fname": "a.mp4"}}, "metadata": {"1_a": {"vid": "1", "z": [1.5, 2.5], "xy": [], "av": {"1": "0"}}}, "view": {"1": {"fid_list": ["1"]}}}"#
        ),
        (
            "via.csv",
            "# Exported\n# ATTRIBUTE = {\"1\":{\"options\":{}}}\n# CSV_HEADER = metadata_id,file_list,flags,temporal_coordinates,spatial_coordinates,metadata\n\"1\",\"[\"\"a.mp4\"\"]\",0,\"[1,2.5]\",\"[]\",\"{\"\"1\"\":\"\"x\"\"}\"\n"
        ),
        (
            "vidat.json",
            #"{"version": "2", "annotation": {"video": {"src": "a.mp4", "fps": 10, "frames": 90, "duration": 9}, "actionAnnotationList": [{"start": 1, "end": 2, "action": 1}]}, "config": {"actionLabelData": [{"id": 1, "name": "x"}]}}"#
        ),
        (
            "b.boris",
            #"{"behaviors_conf": {"0": {"type": "Point event", "code": "p"}, "1": {"type": "State event", "code": "s"}}, "observations": {"o": {"file": {"1": ["a.mp4", "b.mp4"]}, "events": [[1, "", "s", "", ""], [2, "", "s", "", ""], [3, "", "p", "", ""]], "media_info": {"length": {"a.mp4": 1.5}, "fps": {"a.mp4": 25}}}}}"#
        ),
        (
            "b.csv",
            "Observation id,o,,\nTime,Media file path,Subject,Behavior,Status\n1.5,a.mp4,s,x,START\n2.5,a.mp4,s,x,STOP\n"
        ),
        ("b.tsv", "o\t2016\ta.mp4\t9\t25.0\t\ts\tx\t\t\tSTATE\t1.5\t2.5\t1\n"),
        (
            "ls.json",
            #"[{"id": 1, "data": {"video": "/d/a.mp4"}, "annotations": [{"result": [{"type": "timelinelabels", "value": {"ranges": [{"start": 75, "end": 200}], "timelinelabels": ["jump"]}}]}]}]"#
        ),
        (
            "51.json",
            #"{"classes": ["x"], "labels": {"a": [{"label": 0, "support": [1, 10]}, {"label": "x", "timestamps": [1, 2]}]}}"#
        ),
        (
            "feral.json",
            #"{"class_names": {"0": "a", "1": "b"}, "labels": {"v.mp4": [0, 0, 1, 1], "w.mp4": [[0, 1], [1, 1]]}, "splits": {"train": ["v.mp4"]}}"#
        ),
        (
            "p.json",
            #"{"v": {"metadata": {"split": "train", "frame_rate": 30, "num_frames": 300}, "action_localisation": [{"label": "x", "label_id": 1, "timestamps": [0, 2000000]}]}}"#
        ),
        (
            "e.json",
            #"{"videos": [{"split": "train", "clips": [{"clip_uid": "c", "video_start_sec": 0, "video_end_sec": 9, "annotations": [{"labels": [{"start_time": 1, "end_time": 5, "label": "x", "primary": true}]}]}]}]}"#
        ),
        ("rows.json", #"[{"video": "a", "label": "x", "start": 1, "end": 2}]"#),
        (
            "q.jsonl",
            "{\"qid\": 1, \"query\": \"a dog\", \"vid\": \"v\", \"duration\": 9, \"relevant_windows\": [[1, 2]]}\n"
        ),
        ("t.csv", "video,start,end,label,score\na.mp4,1,2.5,\"x, y\",0.5\nb.mp4,00:01,00:02.5,z,1\n"),
        ("falls.csv", "File Name,Classes\n01.mp4,Sitting[0 to 1]; Sleeping[2 to 8]\n"),
        (
            "epic.csv",
            "video_id,start_timestamp,stop_timestamp,narration,verb_class,noun_class\nP01,00:00:01.50,00:00:02.00,take plate,0,2\n"
        ),
        ("ch.csv", "id,actions,length\nA,c092 11.90 21.20;c147 0.00 12.60,24.83\n"),
        ("onehot.csv", ",background,walk\n0,1,0\n1,0,1\n2,0,1\n"),
        ("frames.txt", Array(repeating: "SIL\n", count: 12).joined() + Array(repeating: "pour\n", count: 12).joined()),
        ("50.txt", "1,60,a,0\n61,90,b,1\n91,99,c,2\n"),
        ("kth.txt", "Training:   person01, 02\n\nperson01_boxing_d1\t\tframes\t1-95, 96-185\n"),
        ("ssn.txt", "# 1\nabc\n1\n1\n1\n58 0.1 0.9\n2\n58 0.9 1.0 0.1 0.8\n0 0.0 0.0 0.2 0.3\n"),
        ("prop.csv", "tmin,tmax,tmin_score,tmax_score,score\n0.1,0.2,0.95,0.96,0.97\n"),
        ("j.dat", "FirstLineOfData=3\n# a\n2847, h\n52180, w\n60000, EOF\n"),
        ("w.ctm", ";; comment\nSHOW_1 1 1.0 0.2 PYTHON 0.98\nSHOW_1 1 * * <ALT>\n"),
        ("Dive_val.txt", "video_validation_0000001  1.5 2.5\nvideo_validation_0000002 3 4\n"),
    ]

    private let options = ReadingOptions(framesPerSecond: 25)

    /// Reads bytes as annotations and as predictions; whether either was refused with an error that names the file.
    @discardableResult
    private func refuses(_ bytes: [UInt8], _ name: String) -> Bool {
        var wasRefused = false
        for read in [
            { _ = try AnnotationReader.read(SourceFile(bytes: bytes, path: name), self.options) },
            {
                _ = try DetectionFile.read(
                    SourceFile(bytes: bytes, path: name), needsSegments: true, labelField: .action, durations: [:])
            },
        ] {
            do { try read() } catch {
                wasRefused = true
                #expect("\(error)".contains(name), "\(error)")
            }
        }
        return wasRefused
    }

    @Test("every example is read as what it is", arguments: examples.map(\.name))
    func readsExamples(name: String) throws {
        let example = try #require(Self.examples.first { $0.name == name })
        let set = try AnnotationReader.read(SourceFile(bytes: Array(example.text.utf8), path: name), options)
        #expect(set.segmentCount > 0)
        #expect(set.videos.allSatisfy { !$0.id.isEmpty && $0.segments.allSatisfy { !$0.label.isEmpty } })
    }

    @Test("damage of any kind gives annotations or an error that names the file", arguments: examples.map(\.name))
    func survivesDamage(name: String) throws {
        let bytes = Array(try #require(Self.examples.first { $0.name == name }).text.utf8)
        var numbers = Numbers(state: UInt64(bytes.count))
        var refused = 0
        for round in 0..<400 {
            var damaged = bytes
            switch round % 5 {
            case 0: damaged = Array(damaged.prefix(Int.random(in: 0..<bytes.count, using: &numbers)))
            case 1:
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            case 2:
                for _ in 0..<8 {
                    damaged[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(
                        in: 0...255, using: &numbers)
                }
            case 3:
                // A number that no file should hold.
                let digits = damaged.indices.filter { damaged[$0] >= 0x30 && damaged[$0] <= 0x39 }
                guard let place = digits.randomElement(using: &numbers) else { continue }
                let huge =
                    ["99999999999999999999", "1e400", "-1", "nan", "9223372036854775807", "0x10"].randomElement(
                        using: &numbers) ?? ""
                damaged.replaceSubrange(place...place, with: Array(huge.utf8))
            default:
                let begin = Int.random(in: 0..<bytes.count, using: &numbers)
                let end = Int.random(in: begin..<bytes.count, using: &numbers)
                damaged.insert(
                    contentsOf: Array(bytes[begin...end]), at: Int.random(in: 0..<bytes.count, using: &numbers))
            }
            if refuses(damaged, name) { refused += 1 }
        }
        #expect(refused > 0)
    }

    @Test("wrong encodings are named, and UTF-16 is read")
    func namesEncodings() throws {
        for example in Self.examples {
            let latin = example.text.replacing("x", with: "\u{FC}").unicodeScalars.map {
                UInt8(truncatingIfNeeded: $0.value)
            }
            refuses(latin, example.name)
            let units = Array(example.text.utf16)
            let wide: [UInt8] = [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let set = try AnnotationReader.read(SourceFile(bytes: wide, path: example.name), options)
            #expect(set.segmentCount > 0, "\(example.name)")
            refuses(Array(wide.dropLast()), example.name)
        }
        let error = #expect(throws: (any Error).self) {
            try AnnotationReader.read(
                SourceFile(bytes: Array("video,start,end,label\na,1,2,".utf8) + [0xFC, 0x0A], path: "t.csv"), options)
        }
        #expect(error.map { "\($0)".contains("UTF-8") } ?? false)
    }

    @Test("nesting without end, entities and sizes that no file has are refused")
    func refusesBombs() {
        let deep = 1_000_000
        let texts: [(String, String)] = [
            ("d.json", String(repeating: "[", count: deep)), ("o.json", String(repeating: "{\"a\":", count: deep)),
            ("m.json", "{\"metadata\": {}, \"view\": {}, \"attribute\": " + String(repeating: "[", count: deep)),
            ("d.eaf", "<ANNOTATION_DOCUMENT>" + String(repeating: "<a>", count: deep)),
            (
                "e.eaf",
                "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>"
            ),
            ("u.eaf", "<ANNOTATION_DOCUMENT><TIER TIER_ID=\"&unknown;\"></TIER></ANNOTATION_DOCUMENT>"),
            ("c.TextGrid", "File type = \"ooTextFile\"\n\"TextGrid\"\n0\n1\n<exists>\n99999999\n"),
            ("q.csv", "video,start,end,label\n\"" + String(repeating: "a", count: deep)),
        ]
        for (name, text) in texts { #expect(refuses(Array(text.utf8), name), "\(name)") }
        // One cell, one line and one label without end are only long.
        for text in [
            "video,start,end,label\na,1,2," + String(repeating: "a[", count: deep / 2),
            String(repeating: "a", count: deep),
            "WEBVTT\n\n" + String(repeating: "00:01.000 --> ", count: deep / 20),
            "Name,Classes\n" + String(repeating: "a,[", count: deep / 3), String(repeating: "<", count: deep),
            String(repeating: "1\t", count: deep),
        ] { refuses(Array(text.utf8), "long.txt") }
    }

    @Test("a damaged archive and a compressed bomb are refused")
    func refusesArchives() throws {
        var tar = [UInt8](repeating: 0, count: 1024)
        tar.replaceSubrange(0..<5, with: Array("a.csv".utf8))
        tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
        tar.replaceSubrange(124..<135, with: Array("77777777777".utf8))
        let file = try SourceFile(bytes: tar, path: "a.tar")
        #expect(TarArchive.isArchive(file.start))
        #expect(throws: FileError.self) { try TarArchive.members(file) }
    }
}
