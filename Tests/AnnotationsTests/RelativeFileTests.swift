import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// Files as people and other versions of tools write them: columns of other names and orders, other encodings, frames and time codes, text
/// around tables, marks in subtitles.
struct RelativeFileTests {
    /// A file and the segments that are in it, as `video start end label`.
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        var fps: Double?
        var segments: [String]
        var testDescription: String { name + ": " + text.prefix(60) }

        init(_ name: String, _ text: String, fps: Double? = nil, _ segments: [String]) {
            (self.name, self.text, self.fps, self.segments) = (name, text, fps, segments)
        }
    }

    private static let both = ["a 1.5 3.25 jump", "b 10.0 12.0 run"]

    static let tables = [
        Case("t.csv", "sep=;\nvideo;start;end;label\na;1,5;3,25;jump\nb;10;12;run\n", both),
        Case("t.csv", "# made by a script\n\n# video,start,end,label\na,1.5,3.25,jump\nb,10,12,run\n", both),
        Case("t.csv", "#,video,start,end,label\n1,a,1.5,3.25,jump\n2,b,10,12,run\n", both),
        Case("t.csv", "video,t_start_sec,Event End [s],label\na,1.5,3.25,jump\nb,10,12,run\n", both),
        Case("t.csv", "video,start,duration_ms,label\na,1.5,1750,jump\nb,10,2000,run\n", both),
        Case("t.csv", "video,start_ms,duration,label\na,1500,1750,jump\nb,10000,2000,run\n", both),
        Case("t.csv", "jump,a.mp4,1.5,3.25\nrun,b.mp4,10,12\n", both),
        Case("t.csv", "video,start,end,label,extra\na,1.5,3.25,jump,\nb,10,12\nb,10,12,run,x\n", both),
        Case("one.csv", "id,start,end,label\n1,1,2,jump\n2,4,5,run\n", ["one 1.0 2.0 jump", "one 4.0 5.0 run"]),
        Case("t.csv", "id,start,end,label\n7,1,2,jump\n9,4,5,run\n", ["7 1.0 2.0 jump", "9 4.0 5.0 run"]),
        Case("one.csv", "name,start,end\njump,1,2\nrun,4,5\n", ["one 1.0 2.0 jump", "one 4.0 5.0 run"]),
        Case("t.csv", "name,start,end\na.mp4,1,2\n", ["a 1.0 2.0 action"]),
        Case("t.csv", "12,1.5,3.25,jump\n13,10,12,run\n", ["12 1.5 3.25 jump", "13 10.0 12.0 run"]),
        Case("t.csv", "1,2,5,jump\n2,10,12,run\n", ["1 2.0 5.0 jump", "2 10.0 12.0 run"]),
        Case("t.csv", "video,start,end,verb,noun\na,1,2,take,plate\n", ["a 1.0 2.0 take plate"]),
        Case("t.csv", "video,first_frame,last_frame,label\na,0,29,jump\n", fps: 30, ["a 0.0 1.0 jump"]),
        Case("t.csv", "video,in,out,label\na,00:00:01:15,00:00:03:06,jump\n", fps: 30, ["a 1.5 3.2 jump"]),
        Case(
            "t.csv", "Filename,Action Label,Start (hh:mm:ss),End (hh:mm:ss)\na.mp4,jump,00:00:01,00:00:03\n",
            ["a 1.0 3.0 jump"]),
        Case(
            "t.csv",
            "video_path,start,end,label\n/data/a.mp4,1,2,x\nC:\\v\\b.mp4,1,2,x\nhttps://youtu.be/c,1,2,x\nhttps://www.youtube.com/watch?v=d&t=3,1,2,x\ne/f.mp4,1,2,x\n",
            ["a 1.0 2.0 x", "b 1.0 2.0 x", "c 1.0 2.0 x", "d 1.0 2.0 x", "e/f 1.0 2.0 x"]),
        Case(
            "t.csv", "path,start,end,label\n/cat/0.mp4,1,2,x\n/dog/0.mp4,1,2,x\n",
            ["/cat/0 1.0 2.0 x", "/dog/0 1.0 2.0 x"]),
        Case(
            "t.jsonl",
            #"{"video": "a", "start": 1.5, "end": 3.25, "label": "jump"}"# + "\n"
                + #"{"video": "b", "start": 10, "end": 12, "label": "run"}"# + "\n", both),
        // In drop-frame code the hour has 107,892 frames, which are 3600 s of 29.97.
        Case("t.csv", "video,in,out,label\na,00:00:00;00,01:00:00;00,jump\n", fps: 29.97, ["a 0.0 3600.0 jump"]),
    ]

    static let tools = [
        Case(
            "s.vtt",
            "WEBVTT\n\nNOTES-7\n00:10.000 --> 00:12.000 line:0\nrun\n\nNOTE one line\n\nREGION\nid:a\n\n00:11.000 --> 00:13.000\n<v Anna>sit &amp; <i>wait</i></v>\n",
            ["s 10.0 12.0 run", "s 11.0 13.0 sit & wait"]),
        Case(
            "s.srt", "1\r\n00:00:01,500 --> 00:00:03,250\r\njump\r\n2\r\n00:00:10,000 --> 00:00:12,000\r\nrun\r\n",
            ["s 1.5 3.25 jump", "s 10.0 12.0 run"]),
        Case(
            "s.srt", "1\n00:00:01,500 --> 00:00:03,250\n{\\an8}<i>jump</i> <b>\n\n2\n00:00:04,000 --> 00:00:05,000\n",
            ["s 1.5 3.25 jump <b>", "s 4.0 5.0 action"]),
        Case(
            "e.eaf", eaf(#"MEDIA_URL="file:///x/a.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="5000""#),
            ["a 6.0 7.0 p", "a 6.0 6.5 q", "a 6.5 7.0 r"]),
        Case(
            "e.eaf",
            eaf(
                #"MEDIA_URL="file:///x/a.wav" MIME_TYPE="audio/x-wav"/><MEDIA_DESCRIPTOR MEDIA_URL="b.mp4" MIME_TYPE="video/mp4""#
            ),
            ["b 1.0 2.0 p", "b 1.0 1.5 q", "b 1.5 2.0 r"]),
        Case(
            "l.json",
            task(#"{"video": "/data/upload/3/0a1b2c3d-a.mp4"}"#, #"{"was_cancelled": true, \#(region)}, {\#(region)}"#),
            fps: 30, ["a 1.0 2.0 jump"]),
        Case(
            "l.json", task(#"{"video": "https://h/b/a.mp4?X-Sig=aa/bb.cc"}"#, "{\(region)}"), fps: 30,
            ["a 1.0 2.0 jump"]),
        Case(
            "l.json", task(#"{"video": "/data/local-files/?d=a%20b.mp4"}"#, "{\(region)}"), fps: 30,
            ["a b 1.0 2.0 jump"]),
        Case(
            "f.csv", "jump,walk\n" + String(repeating: "1,0\n", count: 10) + String(repeating: "0,1\n", count: 10),
            fps: 10,
            ["f 0.0 1.0 jump", "f 1.0 2.0 walk"]),
        Case(
            "f.csv", "time,jump,walk\n" + (0..<20).map { "\(Double($0) / 4),\($0 < 10 ? "1,0" : "0,1")\n" }.joined(),
            ["f 0.0 2.5 jump", "f 2.5 5.0 walk"]),
        Case(
            "f.csv", "frame,jump,walk\n" + (0..<20).map { "\($0 * 5),\($0 < 10 ? "1,0" : "0,1")\n" }.joined(), fps: 10,
            ["f 0.0 5.0 jump", "f 5.0 10.0 walk"]),
        Case(
            "s.srt", "1\n00:00:01,000-->00:00:02,000\nfirst\n\nsecond\n\n2\n00:00:03,000-->00:00:04,000\nb\n",
            ["s 1.0 2.0 first second", "s 3.0 4.0 b"]),
        Case(
            "b.csv",
            "Observation id,Source,FPS (frame/s),Subject,Behavior,Behavior type,Start (s),Stop (s)\no,player #1:a.mp4;player #2:b.mp4,25,,jump,STATE,1,2\n",
            ["a 1.0 2.0 jump"]),
        Case(
            "e.eaf", eaf(#"MEDIA_URL="" RELATIVE_MEDIA_URL="./a.mp4""#), ["a 1.0 2.0 p", "a 1.0 1.5 q", "a 1.5 2.0 r"]),
        Case(
            "a.json",
            #"{"info": [1], "v": [{"label": ["x", "y"], "segment": [1, 2]}], "w": [{"label": "x", "segment": [3, 4]}]}"#,
            ["v 1.0 2.0 x", "v 1.0 2.0 y", "w 3.0 4.0 x"]),
        Case(
            "a.json", #"{"v": {"duration": 9, "annotations": [{"label": "x", "start": 1, "end": 2.5}]}}"#,
            ["v 1.0 2.5 x"]),
        Case(
            "b.csv", "Behavior,Start (s),Stop (s),Behavior type,Observation id\njump,1,2\nrun,4,5,STATE,o\n",
            ["b 1.0 2.0 jump", "o 4.0 5.0 run"]),
    ]

    private static let region =
        #""result": [{"type": "timelinelabels", "value": {"ranges": [{"start": 31, "end": 60}], "timelinelabels": ["jump"]}}]"#

    private static func task(_ data: String, _ annotations: String) -> String {
        #"[{"id": 1, "data": \#(data), "annotations": [\#(annotations)]}]"#
    }

    /// A parent, and two parts of it whose common bound has no time.
    private static func eaf(_ media: String) -> String {
        func annotation(_ first: String, _ second: String, _ value: String) -> String {
            "<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1=\"\(first)\" TIME_SLOT_REF2=\"\(second)\"><ANNOTATION_VALUE>\(value)"
                + "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
        }
        return
            "<ANNOTATION_DOCUMENT><HEADER TIME_UNITS=\"milliseconds\"><MEDIA_DESCRIPTOR \(media)/></HEADER><TIME_ORDER>"
            + "<TIME_SLOT TIME_SLOT_ID=\"t1\" TIME_VALUE=\"1000\"/><TIME_SLOT TIME_SLOT_ID=\"t2\"/>"
            + "<TIME_SLOT TIME_SLOT_ID=\"t3\" TIME_VALUE=\"2000\"/></TIME_ORDER><TIER TIER_ID=\"A\">"
            + annotation("t1", "t3", "p") + "</TIER><TIER TIER_ID=\"B\" PARENT_REF=\"A\">"
            + annotation("t1", "t2", "q") + annotation("t2", "t3", "r") + "</TIER></ANNOTATION_DOCUMENT>"
    }

    private func read(_ name: String, _ bytes: [UInt8], _ options: ReadingOptions) throws -> AnnotationSet {
        try AnnotationReader.read(SourceFile(bytes: bytes, path: name), options)
    }

    private func segments(_ set: AnnotationSet) -> [String] {
        set.videos.flatMap { video in
            video.segments.map { item in
                let times = [item.segment.start, item.segment.end].map { "\(($0 * 1e6).rounded() / 1e6)" }
                return "\(video.id) \(times.joined(separator: " ")) \(item.label)"
            }
        }
    }

    @Test("every one is read as it is meant", arguments: tables + tools)
    func reads(one: Case) throws {
        let set = try read(
            one.name, Array(one.text.utf8), ReadingOptions(framesPerSecond: one.fps, labelField: .narration))
        #expect(segments(set) == one.segments, "\(set.oddities)")
    }

    @Test("UTF-16 with and without a mark, in both orders", arguments: [true, false], [true, false])
    func readsUTF16(hasMark: Bool, isLittle: Bool) throws {
        let units = (hasMark ? [0xFEFF] : []) + Array("video,start,end,label\na,1.5,3.25,üben\n".utf16)
        let bytes = units.flatMap { unit in
            isLittle ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        }
        #expect(segments(try read("t.csv", bytes, ReadingOptions())) == ["a 1.5 3.25 üben"])
    }

    @Test(
        "what cannot be read says the line and what was met",
        arguments: [
            ("t.csv", "video,start,end,label\na,1m2s,1m5s,jump\n", ["line 2", "'1m2s'", "00:01:02.500"]),
            ("t.csv", "video,start,end,label\na,1:60,2:05,jump\n", ["line 2", "'1:60'"]),
            ("t.csv", "# x\nvideo,start,end,label\na,\"1,234.5\",\"1,240.5\",jump\n", ["line 3", "1,234.5"]),
            ("t.csv", "video,in,out,label\na,00:00:01:15,00:00:03:08,jump\n", ["frames"]),
            (
                "f.txt", String(repeating: "a\n", count: 20) + "\n" + String(repeating: "b\n", count: 9),
                ["line 21", "empty"]
            ),
            ("f.csv", "frame,jump\n0,1\n1,1\n2,0\n9,0\n", ["line 3", "not even"]),
            ("t.csv", "video,begin (min),end (min)\na,1,2\n", ["columns such as video"]),
            ("a.json", #"{"v": {"annotations": [{"label": "x", "segment": [1]}]}}"#, ["none of its 1 entries", "v"]),
            (
                "a.json", #"{"v": {"annotations": [{"label": "x", "segment": [[1, 2], [3, 4]]}]}}"#,
                ["none of its 1 entries", "v"]
            ),
            ("t.csv", "video,start,end,label\n\"a,1,2,x\nb,1,2,x\n", ["line 2", "never closed"]),
            ("t.csv", "video,start,start,end,label\na,1,2,3,x\n", ["two columns", "'start'"]),
            ("t.csv", "video,start,end,label\na,0x5,0x10,x\n", ["line 2", "'0x5'"]),
            ("t.csv", "video,start_frame,end_frame,label,fps\na,1,2,x,25\nb,1,2,x,\n", ["frames (line 3)"]),
            ("s.srt", "1\n00:00:05,000 --> 00:00:10,000\nx\n\n2\n00:00:40,000 --> \ny\n", ["line 6", "two times"]),
            ("p.csv", "tmin,tmax,score\n0.1,0.5,0.9\n0.2,0.5,x\n", ["line 3", "'x' in 'score'"]),
            ("s.ass", "[Script Info]\nTitle: x\n", ["SubRip", "ffmpeg"]),
            ("s.sub", "{25}{50}hello\n", ["SubRip"]),
        ])
    func refuses(name: String, text: String, words: [String]) throws {
        let options = ReadingOptions(framesPerSecond: name == "t.csv" ? nil : 10)
        let error = #expect(throws: (any Error).self) { try read(name, Array(text.utf8), options) }
        for word in words { #expect("\(error.map { "\($0)" } ?? "")".contains(word), "\(word)") }
    }

    @Test("a task of several annotators keeps the segments of all, and says whose they are")
    func keepsAnnotators() throws {
        let text = Self.task(
            #"{"video": "/data/upload/3/0a1b2c3d-a.mp4"}"#,
            "{\"completed_by\": 4, \(Self.region)}, {\"completed_by\": {\"email\": \"x@y\"}, \(Self.region)}")
        let set = try read("l.json", Array(text.utf8), ReadingOptions(framesPerSecond: 30))
        #expect(set.videos[0].segments.map(\.tier) == ["4", "x@y"])
        #expect(set.oddities.map(\.kind) == [.severalAnnotators])
        // Two uploads of one name are two videos.
        let other = text.dropLast() + "," + text.replacing("0a1b2c3d", with: "ffffffff").dropFirst()
        let two = try read("l.json", Array(String(other).utf8), ReadingOptions(framesPerSecond: 30))
        #expect(two.videos.map(\.id) == ["0a1b2c3d-a", "ffffffff-a"])
    }

    @Test("the speaker of WebVTT is a tier; rows that count are said")
    func keepsFacts() throws {
        let speech = try read(
            "s.vtt", Array("WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud Anna B>hi\n".utf8), ReadingOptions())
        #expect(speech.videos[0].segments.map(\.tier) == ["Anna B"] && speech.videos[0].segments[0].label == "hi")
        let rows = try read("t.csv", Array("id,start,end,label\n0,1,2,x\n1,3,4,x\n".utf8), ReadingOptions())
        #expect(rows.oddities.map(\.kind) == [.rowNumber] && rows.videos.map(\.id) == ["t"])
    }

    @Test("tables that were joined bring their headers; none becomes a video")
    func passesRepeatedHeaders() throws {
        let text = "video,start,end,label\nv1,1,2,x\nvideo,start,end,label\nv2,3,4,x\n"
        let set = try read("t.csv", Array(text.utf8), ReadingOptions())
        #expect(set.videos.map(\.id) == ["v1", "v2"])
        #expect(
            set.oddities.map(\.description) == [
                "1 × line that repeats the names of the columns, left out (line 3)"
            ])
    }

    @Test("a table of videos in the other form of ids, with semicolons; one that names none is an error")
    func completes() throws {
        let set = AnnotationSet(videos: [AnnotatedVideo(id: "v_a")])
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("videos.csv")
            try Data("video;seconds;subset\na;10.5;training\n".utf8).write(to: file)
            #expect(try set.completed(byTable: file.path).videos[0].duration == 10.5)
            try Data("video,seconds\nother,10.5\n".utf8).write(to: file)
            let error = #expect(throws: FileError.self) { try set.completed(byTable: file.path) }
            #expect(error.map { "\($0)".contains("'other'") && "\($0)".contains("'v_a'") } ?? false)
        }
    }
}
