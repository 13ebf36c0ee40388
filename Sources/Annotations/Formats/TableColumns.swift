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
    /// Of ``length``, where its name says another than that of the start.
    var lengthUnit: TimeUnit?
    /// The noun of a label that is given as verb and noun.
    var noun: Int?
    /// Whether the last frame belongs to the segment, as in `last_frame`.
    var isEndIncluded = false
    /// A column of ids that only counts the rows.
    var rowNumber: Int?
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
        let starts = header.indices.filter { Self.isBound(header[$0], Self.startNames) }
        let ends = header.indices.filter { Self.isBound(header[$0], Self.endNames) }
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
                [
                    "duration", "length", "dur", "durationsec", "durationseconds", "durations", "durationms",
                    "lengthms",
                    "lengthsec", "durationframes", "lengthframes", "durationinframes", "durationmilliseconds",
                ].contains($0)
            }
            guard let length else { return false }
            lengthUnit = Self.explicitUnit(names[length])
        }
        isEndIncluded = end.map { names[$0] == "lastframe" } ?? false
        video = Self.videoColumn(names)
        label = Self.labelNames.lazy.compactMap { name in names.firstIndex(of: name) }.first { $0 != video }
        if let column = label, names[column] == "verb" { noun = names.firstIndex(of: "noun") }
        settleVideo(names, rows)
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

    /// A name that one of the columns in use shares with another column.
    func repeated(in header: [String]) -> String? {
        for column in [video, start, end, length, label, score].compactMap({ $0 }) {
            let name = TextDecoding.trimmed(header[column])
            if !name.isEmpty, header.count(where: { TextDecoding.trimmed($0) == name }) > 1 { return name }
        }
        return nil
    }

    /// Words that say nothing of which end of a segment a column is.
    private static let fillers: Set<String> = [
        "t", "time", "timestamp", "sec", "secs", "second", "seconds", "s", "ms", "msec", "millisecond", "milliseconds",
        "us",
        "microsecond", "microseconds", "frame", "frames", "segment", "action", "event", "annotation", "idx", "index",
        "no",
        "number", "hh", "mm", "ss", "sss", "ff", "h", "m", "hhmmss",
    ]

    /// Whether a column is called like one end of a segment, also with other words around it (`t_start_sec`, `Event end [ms]`).
    private static func isBound(_ name: String, _ known: Set<String>) -> Bool {
        if known.contains(normal(name)) { return true }
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let telling = words.filter { !fillers.contains($0) }
        return telling.count == 1 && words.count > 1
            && ["start", "begin", "onset", "end", "stop", "offset"].contains(telling[0])
            && known.contains(telling[0])
    }

    /// `id` may count rows, and `name` may be that of the action, where no column is called like a video.
    private mutating func settleVideo(_ names: [String], _ rows: [[String]]) {
        guard let column = video else { return }
        let cells = rows.compactMap { $0.indices.contains(column) ? TextDecoding.trimmed($0[column]) : nil }
        if names[column] == "name", label == nil, !cells.isEmpty, !cells.contains(where: VideoID.isVideoFile) {
            (label, video) = (column, nil)
        } else if ["id", "uid"].contains(names[column]), cells.count > 1, let first = Int(cells[0]),
            first == 0 || first == 1,
            cells.enumerated().allSatisfy({ Int($0.element) == first + $0.offset })
        {
            (rowNumber, video) = (column, nil)
        }
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
        func isSpan(_ index: Int) -> Bool {
            times.contains(index) && times.contains(index + 1)
                && sample.allSatisfy {
                    (TimeText.seconds($0[index + 1]) ?? 0) >= (TimeText.seconds($0[index]) ?? 0)
                }
        }
        let texts = cells.indices.filter { !isTime[$0] }
        // CrossTask: the number of a step, start, end. A whole number before two that are not is no time.
        let isStep = times == [0, 1, 2] && cells.count == 3 && isWhole[0] && (!isWhole[1] || !isWhole[2])
        // Three numbers before a text are a video that is called by a number, start and end.
        let isNumbered = times.starts(with: [0, 1, 2]) && texts.first == 3 && isWhole[0]
        let candidates = isStep ? [1] : (isNumbered ? [1] : []) + Array(cells.indices)
        guard let begin = candidates.first(where: isSpan) else { return nil }
        columns.start = begin
        columns.end = begin + 1
        if isStep { columns.label = 0 }
        let (begins, stops) = (begin, begin + 1)
        if columns.label == nil {
            // A name that ends as files of videos do is one, wherever it stands.
            if let named = texts.first(where: { column in sample.allSatisfy { VideoID.isVideoFile($0[column]) } }) {
                columns.video = named
                columns.label = texts.first { $0 != named }
            } else if isNumbered, begin == 1 {
                columns.video = 0
                columns.label = texts.first
            } else if begin > 0 {
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

    /// The unit that a name ends with; nil for one that says none.
    private static func explicitUnit(_ name: String) -> TimeUnit? {
        let unit = unit(name)
        return unit == .seconds && !["sec", "secs", "second", "seconds", "durations"].contains(where: name.hasSuffix)
            ? nil : unit
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
