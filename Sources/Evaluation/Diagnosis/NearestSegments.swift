import Annotations

/// The segments of every video of a ground truth, to find the one that a prediction lies on.
struct NearestSegments {
    private let truth: GroundTruth
    /// For each video, its segments as index in the ground truth and index of the class.
    private let members: [[(index: Int, label: Int)]]

    init(_ truth: GroundTruth) {
        self.truth = truth
        var members = [[(index: Int, label: Int)]](repeating: [], count: truth.videos.count)
        for number in truth.classes.indices {
            for index in truth.classOffsets[number]..<truth.classOffsets[number + 1] {
                members[Int(truth.videoOf[index])].append((index, number))
            }
        }
        self.members = members
    }

    /// The segment of a video that a prediction lies on.
    struct Nearest {
        /// 0 where the prediction meets none.
        var tIoU = 0.0
        /// Index of the segment's class; nil where the prediction meets none.
        var label: Int?
    }

    /// The segment with the highest tIoU, regardless of its label; of two equal ones, that with the predicted label counts.
    ///
    /// - Parameters:
    ///   - video: index of the video in the ground truth; negative for one outside it, which has no segments.
    ///   - label: index of the predicted class.
    func best(for prediction: Segment, video: Int32, label: Int) -> Nearest {
        var best = Nearest()
        for (index, other) in video < 0 ? [] : members[Int(video)] {
            let value = prediction.tIoU(with: Segment(start: truth.starts[index], end: truth.ends[index]))
            if value > best.tIoU || value == best.tIoU && other == label {
                best = Nearest(tIoU: value, label: other)
            }
        }
        return best
    }
}
