import Annotations

/// Detections in words.
enum DetectionText {
    /// How many detections of a video are shown where nobody says it.
    private static let shownUnasked = 10

    /// The detections of each video, which the selection has been applied to; the best ten of each where it gives no number.
    static func table(of found: [String: [Detection]], _ options: SelectionOptions) -> String {
        var shown = options.value
        if options.top == nil { shown.top = shownUnasked }
        var table = TextTable([.left("video"), .right("start"), .right("end"), .left("label"), .right("score")])
        var hidden = 0
        for (video, detections) in found.sorted(by: { $0.key < $1.key }) {
            let chosen = shown.chosen(detections)
            hidden += detections.count - chosen.count
            for detection in chosen {
                table.add(
                    video, ResultText.number(detection.segment.start, 2), ResultText.number(detection.segment.end, 2),
                    detection.label, ResultText.number(detection.score, 3))
            }
        }
        guard !table.isEmpty else { return "no detections" }
        return hidden == 0 ? table.description : "\(table)\n\(hidden) more; --top 0 shows all"
    }
}
