import Evaluation

/// What a pre-training reports of a step, as numbers by name; those that are not finite are left out.
enum PretrainingMetrics {
    static func values(of report: Pretrainer.Report) -> [String: Double] {
        var values: [String: Double] = [
            "step": Double(report.step), "loss": report.losses.total, "learning_rate": report.learningRate,
            "gradient_norm": report.gradientNorm,
        ]
        values["contrastive"] = report.losses.contrastive
        values["grouping"] = report.losses.grouping
        values["grounding"] = report.losses.grounding
        // Without captions there is nothing to retrieve.
        if let evaluation = report.evaluation, report.losses.contrastive != nil {
            values["video_to_text_recall_1"] = evaluation.videoToText.recall1
            values["video_to_text_recall_5"] = evaluation.videoToText.recall5
            values["video_to_text_recall_10"] = evaluation.videoToText.recall10
            values["video_to_text_median_rank"] = evaluation.videoToText.medianRank
            values["text_to_video_recall_1"] = evaluation.textToVideo.recall1
            values["text_to_video_recall_5"] = evaluation.textToVideo.recall5
            values["text_to_video_recall_10"] = evaluation.textToVideo.recall10
            values["text_to_video_median_rank"] = evaluation.textToVideo.medianRank
            values["action_accuracy"] = evaluation.actionAccuracy
        }
        if let evaluation = report.evaluation {
            values["groups_used"] = evaluation.groupsUsed
            values["grouping_of_blended"] = evaluation.groupingOfBlended
            values["grouping_of_unblended"] = evaluation.groupingOfUnblended
            values["explained_by_time"] = evaluation.explainedByTime
        }
        return values.filter(\.value.isFinite)
    }
}
