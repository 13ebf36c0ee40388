/// Where a run is, besides weights and optimiser; a part of its checkpoint.
struct TrainingProgress: Codable, Equatable {
    /// Epochs finished.
    var epoch = 0
    var lossState: [String: Double]
    /// Average mAP of the weights that are the model of the run, where they were evaluated.
    var chosenScore: Double?
    var chosenEpoch: Int?
    /// Best average mAP so far and the evaluations since; for early stopping.
    var bestScore: Double?
    var evaluationsSinceBest: Int?
}
