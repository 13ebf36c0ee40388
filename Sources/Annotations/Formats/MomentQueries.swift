import Files

/// QVHighlights, a JSON object a line: the sentence is the label of its windows.
extension AnnotationFormat {
    static let momentQueries = AnnotationFormat(
        name: "qvhighlights", title: "QVHighlights (.jsonl)",
        recognizes: { $0.sketch.has("qid", "vid") },
        read: { file, _ in
            var collector = VideoCollector()
            for query in try MomentQuery.read(file) {
                let index = collector.index(of: VideoID.normal(query.video.isEmpty ? query.id : query.video))
                collector[index].duration = query.duration ?? collector[index].duration
                for window in query.windows {
                    collector.add(
                        window.segment.start, window.segment.end, query.text.isEmpty ? query.id : query.text, to: index,
                        score: query.isPrediction ? window.score : nil)
                }
            }
            return collector.set(.momentQueries)
        })
}
