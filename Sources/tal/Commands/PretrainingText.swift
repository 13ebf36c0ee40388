import Evaluation
import Pretraining

/// What a pre-training reports, in words.
enum PretrainingText {
    static func evaluation(_ evaluation: PretrainingEvaluation, step: Int) -> String {
        func percent(_ value: Double) -> String { ResultText.number(100 * value, 1) }
        func recalls(_ scores: RetrievalScores) -> String {
            "R@1/5/10 \(percent(scores.recall1))/\(percent(scores.recall5))/\(percent(scores.recall10)), "
                + "median rank \(ResultText.number(scores.medianRank, 1))"
        }
        var text =
            "step \(step): \(evaluation.clips) held-out clips, video to text \(recalls(evaluation.videoToText)); "
            + "text to video \(recalls(evaluation.textToVideo))"
        if let accuracy = evaluation.actionAccuracy { text += "; action accuracy \(percent(accuracy)) %" }
        text += "; groups used \(ResultText.number(evaluation.groupsUsed, 1))"
        if let grouping = evaluation.groupingOfBlended { text += "; L_t \(ResultText.number(grouping, 4))" }
        if let grouping = evaluation.groupingOfUnblended { text += "; L_t unblended \(ResultText.number(grouping, 4))" }
        return text + "; explained by time \(percent(evaluation.explainedByTime)) %"
    }
}
