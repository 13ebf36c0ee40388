import Files

/// The list of sequences of KTH's action videos: `video frames 1-95, 96-185`, frames from 1, the last included. The action is the
/// middle part of the name; who belongs to which subset is said in the head of the list.
extension AnnotationFormat {
    static let kth = AnnotationFormat(
        name: "kth", title: "KTH sequences",
        recognizes: { $0.startLines.contains { $0.hasPrefix("person") && KTH.entry($0) != nil } },
        read: KTH.read)
}

private enum KTH {
    /// Name, and what stands after `frames`.
    static func entry(_ line: Substring) -> (name: String, ranges: [Substring])? {
        let fields = line.split(maxSplits: 2) { $0 == "\t" || $0 == " " }
        guard fields.count == 3, fields[1] == "frames" else { return nil }
        return (String(fields[0]), fields[2].split(separator: ","))
    }

    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let rate = try options.rate(of: file, "times are numbers of frames (25 a second in KTH)")
        var collector = VideoCollector()
        var subsets: [Substring: String] = [:]
        for (index, line) in try file.lines().enumerated() {
            if let colon = line.firstIndex(of: ":"), line[line.index(after: colon)...].contains("person") {
                for number in line[colon...].matches(of: /\d+/) { subsets[number.output] = line[..<colon].lowercased() }
            }
            guard line.hasPrefix("person"), let (name, ranges) = entry(line) else { continue }
            let parts = name.split(separator: "_")
            guard parts.count == 3 else {
                throw file.malformed(index + 1, "a name that is not person_action_condition")
            }
            let video = collector.index(of: name)
            collector[video].subset = subsets[parts[0].dropFirst("person".count)] ?? ""
            for range in ranges {
                let ends = range.split(separator: "-").map { Int(TextDecoding.trimmed($0)) }
                guard ends.count == 2, let first = ends[0], let last = ends[1], first > 0 else {
                    throw file.malformed(index + 1, "expected ranges of frames such as 1-95")
                }
                collector.add(Double(first - 1) / rate, Double(last) / rate, String(parts[1]), to: video)
            }
        }
        return collector.set(.kth)
    }
}
