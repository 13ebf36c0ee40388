import Files

/// Perception Test (https://github.com/google-deepmind/perception_test): `action_localisation` of each video, times in microseconds.
extension AnnotationFormat {
    static let perceptionTest = AnnotationFormat(
        name: "perception-test", title: "Perception Test (.json)",
        recognizes: { $0.sketch.has(atDepth: 1, "action_localisation") },
        read: PerceptionTest.read)
}

private enum PerceptionTest {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        var collector = VideoCollector(), identifiers: [String: Int] = [:]
        for (name, entry) in try file.tree().members {
            let metadata = entry["metadata"]
            let index = collector.index(of: VideoID.normal(metadata?["video_id"]?.string ?? name))
            collector[index].subset = metadata?["split"]?.string ?? ""
            collector[index].framesPerSecond = metadata?["frame_rate"]?.number.flatMap {
                $0 > 0 && $0.isFinite ? $0 : nil
            }
            collector[index].frameCount = metadata?["num_frames"]?.number.flatMap { Int(exactly: $0) }
            if let rate = collector[index].framesPerSecond, let count = collector[index].frameCount, count > 0 {
                collector[index].duration = Double(count) / rate
            }
            for action in entry["action_localisation"]?.elements ?? [] {
                let times = action["timestamps"]?.elements.compactMap(\.number) ?? []
                guard times.count == 2, let label = action["label"]?.text else {
                    collector.tally.add(.unusableEntry, at: name)
                    continue
                }
                if let identifier = action["label_id"]?.number.flatMap({ Int(exactly: $0) }) {
                    identifiers[label] = identifier
                }
                collector.add(times[0] / 1e6, times[1] / 1e6, label, to: index)
            }
        }
        return collector.set(.perceptionTest).ordered(by: identifiers)
    }
}
