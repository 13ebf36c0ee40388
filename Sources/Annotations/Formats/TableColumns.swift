import Files
import Foundation

/// Which columns of a table hold what, by the usual names of columns in any order, or by what the cells of a table without a header
/// look like.
struct TableColumns {
    var video: Int?
    var start: Int?
    var end: Int?
    /// Length of the segment, where there is no end.
    var length: Int?
    var label: Int?
    var score: Int?
    var subset: Int?
    var tier: Int?
    var rate: Int?
    var videoDuration: Int?
    var frameCount: Int?
    /// Cells of several segments such as `Sitting[0 to 1]; Sleeping[2 to 8]`.
    var list: Int?
    /// TSP's column that tells actions from the gaps between them.
    var kind: Int?
    var unit: TimeUnit = .seconds
    /// HACS' column that marks clips without the action by -1.
    var negative: Int?
    /// Whether the first row is data.
    var isHeaderless = false

    private static let videoNames: Set<String> = [
        "video", "videoid", "videoname", "videofile", "videofilename", "videopath", "filename", "file", "filepath",
        "media",
        "mediafile", "mediafilename", "mediafilepath", "mediaurl", "clip", "clipid", "clipname", "clipuid", "vid",
        "youtubeid", "videouid", "uid", "path", "source",
        "id", "name", "recording", "sequence",
    ]
    private static let startNames: Set<String> = [
        "start", "starttime", "startsec", "startsecs", "startsecond", "startseconds", "starts", "tstart", "tinit",
        "begin", "begintime", "beginsec",
        "begins", "onset", "onsettime", "onsetsec", "from", "starttimestamp", "timestart", "timestampstart", "tmin",
        "xmin", "in", "startinseconds", "segmentstart",
        "startms", "startmsec", "starttimems", "beginms", "onsetms", "startmilliseconds", "startframe", "framestart",
        "beginframe", "firstframe", "startus", "finit",
        "starttimesec", "starttimeseconds", "starttimes", "begintimehhmmssms", "begintimessmsec", "begintimessmsecond",
        "begintimemsec",
    ]
    private static let endNames: Set<String> = [
        "end", "endtime", "endsec", "endsecs", "endsecond", "endseconds", "ends", "tend", "stop", "stoptime", "stopsec",
        "stopseconds", "stops", "finish", "offset", "offsettime",
        "to", "endtimestamp", "stoptimestamp", "timeend", "timestampend", "tmax", "xmax", "out", "until",
        "endinseconds", "segmentend",
        "endms", "endmsec", "endtimems", "stopms", "offsetms", "endmilliseconds", "endframe", "stopframe", "frameend",
        "lastframe", "endus", "fend",
        "endtimesec", "endtimeseconds", "endtimes", "endtimehhmmssms", "endtimessmsec", "endtimemsec",
    ]
    private static let labelNames = [
        "label", "labelname", "actionlabel", "action", "actionname", "class", "classname", "classlabel", "activity",
        "activityname", "category", "event", "eventname", "behavior", "behaviour",
        "type", "tag", "annotation", "narration", "caption", "sentence", "text", "value", "description", "verb",
        "labelidx", "labelid", "classid", "actionid", "gesture", "step", "phase",
    ]
    private static let scoreNames: Set<String> = ["score", "confidence", "conf", "prob", "probability"]
    private static let subsetNames: Set<String> = ["subset", "split", "partition", "datasplit"]
    private static let tierNames: Set<String> = ["tier", "track", "subject", "speaker", "annotator", "participant"]
    private static let rateNames: Set<String> = ["fps", "framerate", "framespersecond", "rate"]
    private static let videoDurationNames: Set<String> = [
        "videoduration", "videolength", "lengthseconds", "totallength", "mediaduration", "videolengthseconds",
        "videodurationseconds",
    ]

    /// - Returns: nil where the names, or the cells of the first row, do not say where times are.
    static func find(header: [String], rows: [[String]]) -> TableColumns? {
        var columns = TableColumns()
        return columns.fill(header, rows) ? columns : headerless(header, rows)
    }

    /// Takes the columns from a header.
    private mutating func fill(_ header: [String], _ rows: [[String]]) -> Bool {
        let names = header.map(Self.normal)
        func first(_ known: Set<String>) -> Int? { names.firstIndex { known.contains($0) } }
        let starts = names.indices.filter { Self.startNames.contains(names[$0]) }
        let ends = names.indices.filter { Self.endNames.contains(names[$0]) }
        if let list = Self.listColumn(header: header, rows: rows), starts.isEmpty {
            self.list = list
            video = first(Self.videoNames)
            videoDuration = first(Self.videoDurationNames)
            subset = first(Self.subsetNames)
            return true
        }
        guard !starts.isEmpty else { return false }
        // Seconds before milliseconds before frames, where a table has several pairs.
        let start = starts.min { Self.rank(names[$0]) < Self.rank(names[$1]) } ?? starts[0]
        let unit = Self.unit(names[start])
        self.start = start
        self.unit = unit
        end = ends.first { Self.unit(names[$0]) == unit }
        if end == nil {
            length = names.firstIndex {
                ["duration", "length", "dur", "durationsec", "durationseconds", "durations", "durationms"].contains($0)
            }
            guard length != nil else { return false }
        }
        video = Self.videoColumn(names)
        label = Self.labelNames.lazy.compactMap { name in names.firstIndex(of: name) }.first { $0 != video }
        if let flag = names.firstIndex(of: "label"), let name = names.firstIndex(of: "classname"), !rows.isEmpty,
            rows.prefix(200).allSatisfy({ $0.count <= flag || $0[flag] == "1" || $0[flag] == "-1" })
        {
            (label, negative) = (name, flag)
        }
        score = first(Self.scoreNames)
        subset = first(Self.subsetNames)
        tier = first(Self.tierNames)
        rate = first(Self.rateNames)
        videoDuration = first(Self.videoDurationNames)
        frameCount = names.firstIndex { ["videoframes", "numframe", "numframes", "framecount"].contains($0) }
        kind = names.firstIndex(of: "temporalregionlabel")
        if videoDuration == nil, length == nil {
            videoDuration = names.firstIndex(of: "duration").flatMap {
                Self.isLengthOfVideo($0, start: start, end: end, rows) ? $0 : nil
            }
        }
        return true
    }

    /// The most telling name wins: `id` and `name` mean a video only where nothing else does.
    private static func videoColumn(_ names: [String]) -> Int? {
        let candidates = names.indices.filter { videoNames.contains(names[$0]) }
        let vague: Set<String> = ["id", "name", "path", "source", "uid"]
        return candidates.first { !vague.contains(names[$0]) } ?? candidates.first
    }

    /// A table without a header: two neighbouring columns of times beside a name, a label or a number.
    private static func headerless(_ cells: [String], _ rows: [[String]]) -> TableColumns? {
        guard (2...8).contains(cells.count) else { return nil }
        let sample = ([cells] + rows.prefix(20)).filter { $0.count == cells.count }
        guard sample.count == min(rows.count, 20) + 1 else { return nil }
        let isTime = cells.indices.map { column in sample.allSatisfy { TimeText.seconds($0[column]) != nil } }
        let isWhole = cells.indices.map { column in sample.allSatisfy { Int(TextDecoding.trimmed($0[column])) != nil } }
        var columns = TableColumns()
        columns.isHeaderless = true
        let times = cells.indices.filter { isTime[$0] }
        guard times.count >= 2 else { return nil }
        // CrossTask: the number of a step, start, end. A whole number before two that are not is no time.
        let begin: Int
        if times == [0, 1, 2], isWhole[0], !isWhole[1] || !isWhole[2] {
            columns.label = 0
            begin = 1
        } else {
            guard let index = times.first(where: { times.contains($0 + 1) }) else { return nil }
            begin = index
        }
        let (begins, stops) = (begin, begin + 1)
        guard sample.allSatisfy({ (TimeText.seconds($0[stops]) ?? 0) >= (TimeText.seconds($0[begins]) ?? 0) }) else {
            return nil
        }
        columns.start = begins
        columns.end = stops
        let texts = cells.indices.filter { !isTime[$0] }
        if columns.label == nil {
            if begin > 0 {
                columns.video = texts.first { $0 < begin }
                columns.label = texts.first { $0 != columns.video }
            } else {
                columns.label = texts.first
                columns.video = texts.dropFirst().first
            }
        }
        // 50Salads: whole frames from 1, without a gap from row to row.
        if isWhole[begins], isWhole[stops], columns.video == nil, columns.label != nil,
            zip(sample, sample.dropFirst()).allSatisfy({ (Int($0[stops]) ?? 0) + 1 == Int($1[begins]) }),
            sample.count > 1
        {
            columns.unit = .frames
        }
        return columns
    }

    private static func listColumn(header: [String], rows: [[String]]) -> Int? {
        header.indices.first { column in
            rows.prefix(5).contains { row in column < row.count && !Self.list(row[column]).isEmpty }
        }
    }

    /// The segments of a cell of several, such as `Sitting[0 to 1]; Sleeping[2 to 8]`.
    static func list(_ cell: String) -> [(label: String, start: Double, end: Double)] {
        var result: [(label: String, start: Double, end: Double)] = [], rest = cell[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            let label =
                rest[..<open].split { $0 == ";" || $0 == "," || $0 == "|" }.last.map { TextDecoding.trimmed($0) } ?? ""
            let inside = rest[rest.index(after: open)..<close]
            rest = rest[rest.index(after: close)...]
            for word in [" to ", "-", "–", ",", ";"] {
                guard let mark = inside.range(of: word), let start = TimeText.seconds(inside[..<mark.lowerBound]),
                    let end = TimeText.seconds(inside[mark.upperBound...])
                else { continue }
                if !label.isEmpty { result.append((label, start, end)) }
                break
            }
        }
        return result
    }

    /// Whether a column called `duration` is longer than segments are, so that it is the video's.
    private static func isLengthOfVideo(_ column: Int, start: Int, end: Int?, _ rows: [[String]]) -> Bool {
        guard let end else { return false }
        return rows.prefix(50).allSatisfy { row in
            guard row.count > max(column, start, end), let duration = TimeText.seconds(row[column]),
                let begin = TimeText.seconds(row[start]),
                let stop = TimeText.seconds(row[end])
            else { return true }
            return duration + 0.01 >= stop && abs(stop - begin - duration) > 0.01
                || begin == 0 && duration + 0.01 >= stop
        }
    }

    /// Lower case, letters and digits only.
    static func normal(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) }))
    }

    private static func unit(_ name: String) -> TimeUnit {
        if name.contains("frame") || name == "finit" || name == "fend" { return .frames }
        if name.hasSuffix("us") { return .microseconds }
        return name.hasSuffix("ms") && !name.hasSuffix("hhmmssms")
            || name.hasSuffix("msec") && !name.hasSuffix("ssmsec") || name.hasSuffix("milliseconds")
            ? .milliseconds : .seconds
    }

    private static func rank(_ name: String) -> Int {
        switch unit(name) {
        case .seconds: 0
        case .milliseconds: 1
        case .microseconds: 2
        case .frames: 3
        }
    }
}
