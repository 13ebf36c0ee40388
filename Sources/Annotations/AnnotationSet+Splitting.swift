import Tensors

/// How the videos of a set are divided into subsets by chance, the same for the same seed and videos.
public struct DataSplit: Sendable, Hashable {
    /// The fraction of all videos that becomes `training`. The rest becomes `validation`; where ``validation`` is given too it becomes
    /// `testing`. Nil leaves the subsets of the annotations.
    public var training: Double?
    /// The fraction of the training videos that becomes `validation`.
    public var validation: Double?
    /// Whether videos of one ``AnnotatedVideo/group`` stay together.
    public var keepsGroups = false
    public var seed: UInt64 = 0

    public init(training: Double? = nil, validation: Double? = nil, keepsGroups: Bool = false, seed: UInt64 = 0) {
        self.training = training
        self.validation = validation
        self.keepsGroups = keepsGroups
        self.seed = seed
    }
}

extension AnnotationSet {
    /// The same videos in new subsets.
    ///
    /// - Parameters:
    ///   - split: fractions, and what stays together.
    ///   - trainingSubset: from which ``DataSplit/validation`` is taken where ``DataSplit/training`` is not given.
    /// - Returns: the set, and the name of the subset to validate on.
    /// - Throws: ``AnnotationsError/notSplittable(reason:)`` or ``AnnotationsError/noSuchSubset(asked:present:)``.
    public func split(
        _ split: DataSplit, trainingSubset: String = "training"
    ) throws(AnnotationsError) -> (set: AnnotationSet, validationSubset: String) {
        for fraction in [split.training, split.validation].compactMap(\.self) where !(fraction > 0 && fraction < 1) {
            throw .notSplittable(reason: "the fraction \(fraction) is not between 0 and 1")
        }
        var result = self, names = (training: trainingSubset, validation: "validation")
        var generator = RandomGenerator(seed: split.seed)
        if let fraction = split.training {
            guard subsetNames.isEmpty else {
                throw .notSplittable(reason: "they have subsets already (\(subsetNames.joined(separator: ", ")))")
            }
            let chosen = try chosen(fraction, of: videos.indices, split, &generator)
            names.training = "training"
            for index in videos.indices {
                result.videos[index].subset =
                    chosen.contains(index) ? "training" : split.validation == nil ? "validation" : "testing"
            }
        }
        if let fraction = split.validation {
            let members = names.training.isEmpty ? result.videos : try result.subset(names.training).videos
            let known = Set(members.map(\.id))
            let indices = result.videos.indices.filter { known.contains(result.videos[$0].id) }
            // THUMOS14 calls its training videos validation.
            if result.subsetNames.contains(where: { $0.lowercased() == names.validation }) {
                names.validation = "held-out"
            }
            let kept = try chosen(1 - fraction, of: indices, split, &generator)
            for index in indices {
                if !kept.contains(index) {
                    result.videos[index].subset = names.validation
                } else if result.videos[index].subset.isEmpty {
                    result.videos[index].subset = "training"
                }
            }
        }
        return (result, names.validation)
    }

    /// Draws whole videos or groups until the fraction is reached; at least one stays on each side.
    private func chosen(
        _ fraction: Double, of indices: some Collection<Int>, _ split: DataSplit, _ generator: inout RandomGenerator
    ) throws(AnnotationsError) -> Set<Int> {
        var units: [String: [Int]] = [:]
        for index in indices {
            let video = videos[index]
            if split.keepsGroups, video.group == nil {
                throw .notSplittable(reason: "video '\(video.id)' has no group")
            }
            units[split.keepsGroups ? video.group ?? "" : video.id, default: []].append(index)
        }
        guard units.count > 1 else {
            throw .notSplittable(reason: split.keepsGroups ? "all belong to one group" : "there are fewer than two")
        }
        let order = units.keys.sorted(by: Self.bytewise).shuffled(using: &generator)
        let wanted = fraction * Double(indices.count)
        var chosen: Set<Int> = []
        for (number, unit) in order.enumerated() {
            let members = units[unit] ?? []
            let isNearer = abs(Double(chosen.count + members.count) - wanted) < abs(Double(chosen.count) - wanted)
            guard number == 0 || isNearer, number < order.count - 1 else { continue }
            chosen.formUnion(members)
        }
        return chosen
    }
}
