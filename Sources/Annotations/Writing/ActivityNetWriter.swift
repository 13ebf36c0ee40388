import Files

/// Writes the ActivityNet layout: a `database` for annotations, `results` for predictions.
enum ActivityNetWriter {
    static func annotations(_ set: AnnotationSet, _ losses: inout Losses) -> [UInt8] {
        let identifiers =
            set.labelOrder == .alphabetical
            ? [:] : Dictionary(set.labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var labels: [String: String] = [:]
        var text = "{\"version\": \"VERSION 1.3\", \"database\": {"
        for (number, video) in set.videos.enumerated() {
            text += number == 0 ? "\n" : ",\n"
            text += JSONText.quoted(video.id) + ": {"
            var members: [String] = []
            if !video.subset.isEmpty { members.append("\"subset\": \(JSONText.quoted(video.subset))") }
            if let duration = video.duration { members.append("\"duration\": \(duration)") }
            if let rate = video.framesPerSecond { members.append("\"fps\": \(rate)") }
            if let count = video.frameCount { members.append("\"frame\": \(count)") }
            text += members.joined(separator: ", ") + (members.isEmpty ? "" : ", ") + "\"annotations\": ["
            for (index, item) in video.segments.enumerated() {
                let label = labels[item.label] ?? JSONText.quoted(item.label)
                labels[item.label] = label
                if index > 0 { text += ", " }
                text += "{\"segment\": [" + item.segment.start.description + ", " + item.segment.end.description
                text += "], \"label\": " + label
                if let identifier = identifiers[item.label] { text += ", \"label_id\": \(identifier)" }
                if let score = item.score { text += ", \"score\": \(score)" }
                if let tier = item.tier { text += ", \"tier\": " + JSONText.quoted(tier) }
                text += "}"
            }
            text += "]}"
        }
        text += "\n}}\n"
        return Array(text.utf8)
    }

    /// - Parameter set: every segment has a score, or gets 1.
    static func results(_ set: AnnotationSet, _ losses: inout Losses) -> [UInt8] {
        var labels: [String: String] = [:]
        var text = "{\"version\": \"\(DetectionFile.currentVersion)\", \"results\": {"
        for (number, video) in set.videos.enumerated() {
            losses.countFacts(of: video)
            text += number == 0 ? "\n" : ",\n"
            text += JSONText.quoted(video.id) + ": ["
            for (index, item) in video.segments.enumerated() {
                let label = labels[item.label] ?? JSONText.quoted(item.label)
                labels[item.label] = label
                if item.tier != nil { losses.add(.tier) }
                if index > 0 { text += ", " }
                text += "{\"label\": " + label + ", \"score\": " + (item.score ?? 1).description + ", \"segment\": ["
                text += item.segment.start.description + ", " + item.segment.end.description + "]}"
            }
            text += "]"
        }
        text += "\n}, \"external_data\": {}}\n"
        return Array(text.utf8)
    }
}
