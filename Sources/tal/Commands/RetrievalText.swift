import Evaluation
import VideoTasks

/// What retrieval found, in words.
enum RetrievalText {
    static func matches(_ matches: [RetrievalIndex.Match], title: String, column: String) -> String {
        var table = TextTable([.right("#"), .left(column), .right("similarity")])
        for (place, match) in matches.enumerated() {
            table.add("\(place + 1)", match.name, ResultText.number(Double(match.similarity), 3))
        }
        return "\(title)\n\(table)\n"
    }

    static func table(_ evaluation: RetrievalEvaluation) -> String {
        var table = TextTable([.left("direction"), .right("R@1"), .right("R@5"), .right("R@10"), .right("median rank")])
        for (name, scores) in [("text to video", evaluation.textToVideo), ("video to text", evaluation.videoToText)] {
            table.add(
                name, ResultText.percent(scores.recall1), ResultText.percent(scores.recall5),
                ResultText.percent(scores.recall10), ResultText.number(scores.medianRank, 1))
        }
        return "\(evaluation.videos) videos, \(evaluation.captions) captions; recall in %\n\(table)"
    }
}
