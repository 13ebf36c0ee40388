import Annotations

/// Detections in words.
enum DetectionText {
    /// The best detections of each video.
    static func table(of found: [String: [Detection]], top: Int) -> String {
        var table = TextTable([.left("video"), .right("start"), .right("end"), .left("label"), .right("score")])
        for (video, detections) in found.sorted(by: { $0.key < $1.key }) {
            for detection in detections.prefix(top) {
                table.add(
                    video, ResultText.number(detection.segment.start, 2), ResultText.number(detection.segment.end, 2),
                    detection.label, ResultText.number(detection.score, 3))
            }
        }
        return table.isEmpty ? "no detections" : table.description
    }
}
