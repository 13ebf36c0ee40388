public import Annotations

/// What a manifest says about annotations and features that a person need not say again.
public struct DatasetDefaults: Sendable {
    public let manifest: DataManifest
    /// The published features that are meant.
    public let features: DataManifest.FeatureGrid?

    /// - Parameter name: a manifest, or a manifest and features of it as in `hacs/slowfast`.
    /// - Throws: ``DataManifestError``, or `ConfigurationError` for a faulty file.
    public init(_ name: String) throws {
        let known = DataManifest.builtInNames
        let mark = name.lastIndex(of: "/").flatMap { known.contains(name[..<$0].lowercased()) ? $0 : nil }
        manifest = try DataManifest.named(mark.map { String(name[..<$0]) } ?? name)
        if let mark {
            let wanted = String(name[name.index(after: mark)...])
            guard let grid = manifest.features[wanted] else {
                throw DataManifestError.noFeatures(
                    dataset: manifest.name, asked: wanted, known: manifest.features.keys.sorted())
            }
            features = grid
        } else {
            features = manifest.features.count == 1 ? manifest.features.values.first : nil
        }
    }

    /// The grid in the form of `grid.json`; nil where the manifest has several kinds of features, or none.
    public var grid: String? {
        guard let features else { return nil }
        let rate = features.fps == 0 ? "\"annotations\"" : "\(features.fps)"
        var text =
            "{\"*\": {\"fps\": \(rate), \"stride_frames\": \(features.stride), \"window_frames\": \(features.window)}"
        if let prefix = features.prefix { text += ", \"prefix\": \"\(prefix)\"" }
        if let suffix = features.suffix { text += ", \"suffix\": \"\(suffix)\"" }
        if let layout = features.layout { text += ", \"layout\": \"\(layout)\"" }
        return text + "}"
    }

    /// What annotations call the subset that is trained on, and the one that is evaluated.
    ///
    /// Files call them differently, and one calls the test set what others call the training set, so the subset is taken whose number
    /// of videos is nearest to that of the manifest.
    public func subsets(of annotations: AnnotationSet) -> (training: String?, evaluated: String?) {
        let sizes = Dictionary(grouping: annotations.videos, by: \.subset).mapValues(\.count)
        func nearest(_ split: DataManifest.Split?, but taken: String?) -> String? {
            guard let split else { return nil }
            let present = split.names.compactMap { name in
                sizes.keys.first { $0 == name } ?? sizes.keys.first { $0.lowercased() == name.lowercased() }
            }.filter { $0 != taken }
            return present.min { abs(sizes[$0, default: 0] - split.videos) < abs(sizes[$1, default: 0] - split.videos) }
        }
        let training = nearest(manifest.splits["training"], but: nil)
        let evaluated = nearest(manifest.splits["validation"] ?? manifest.splits["testing"], but: training)
        return (training, evaluated)
    }
}
