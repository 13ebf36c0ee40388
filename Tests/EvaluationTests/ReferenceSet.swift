import Annotations
import Foundation
import TestSupport

@testable import Evaluation

/// One set of the reference evaluators: ground truth, predictions, and what the reference evaluators give.
struct ReferenceSet {
    let annotations: AnnotationSet
    let detections: DetectionTable
    let expected: [String: Any]

    static let names =
        [
            "toy_jitter", "toy_noise_ties", "toy_gaps", "toy_unknown_labels", "toy_empty", "toy_duplicates_gt",
            "toy_degenerate", "tiny",
        ] + Fixture.cases(full: ["thumos", "anet4900", "anet13_real", "thumos14_real"], small: [])

    init(_ name: String) throws {
        let folder = Fixture.reference("eval")
        expected = try Fixture.json(folder.appendingPathComponent("\(name)_expected.json"))
        let truth = expected["ground_truth_file"] as? String ?? ""
        let path =
            truth.hasPrefix("shared/")
            ? SharedData.root.deletingLastPathComponent().appendingPathComponent(truth).path
            : folder.appendingPathComponent(truth).path
        annotations = try AnnotationSet(contentsOf: path)
        let predictions = expected["prediction_file"] as? String ?? ""
        detections = try DetectionFile.read(folder.appendingPathComponent(predictions).path).detections
    }

    var subset: String { expected["subset"] as? String ?? "" }
    var thresholds: [Double] { expected["tiou_thresholds"] as? [Double] ?? [] }

    /// The sort modes given for this set that do not depend on a processor.
    func results(_ mode: String) -> [String: Any]? {
        (expected["sort_modes"] as? [String: Any])?[mode] as? [String: Any]
    }

    func settings(_ compatibility: EvaluationProtocol.Compatibility) -> EvaluationProtocol {
        var settings = EvaluationProtocol()
        settings.name = "reference"
        settings.subset = subset
        settings.tiou = thresholds
        settings.compatibility = compatibility
        settings.recallMultiples = [1, 5]
        return settings
    }
}
