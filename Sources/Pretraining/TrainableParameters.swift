import Networks
import SViLM
import Tensors

/// Which parameters of a model are trained, and how fast.
struct TrainableParameters {
    /// Those that share a rate, with the factor on it; the fastest first.
    let groups: [(factor: Double, parameters: [(name: String, parameter: Parameter)])]
    /// Those that stay.
    let frozen: [(name: String, parameter: Parameter)]

    /// - Throws: ``SViLMError/unfit(setting:problem:)`` where a name is none, or nothing is left to train.
    init(_ model: VideoLanguageModel, _ configuration: PretrainingConfiguration) throws(SViLMError) {
        func matches(_ name: String, _ start: String) -> Bool { name == start || name.hasPrefix(start + ".") }
        let all = model.namedParameters()
        for start in configuration.frozen where !all.contains(where: { matches($0.name, start) }) {
            throw .unfit(
                setting: "frozen",
                problem:
                    "names '\(start)'; the model has parts such as video.blocks.0, video.tubelet_embedding and text")
        }
        let depth = model.video.configuration.depth
        let trained = all.filter { entry in !configuration.frozen.contains { matches(entry.name, $0) } }
        guard !trained.isEmpty else { throw .unfit(setting: "frozen", problem: "leaves nothing to train") }
        let factors = trained.map { Self.factor(of: $0.name, depth: depth, decay: configuration.layerDecay) }
        groups = Set(factors).sorted(by: >).map { factor in
            (factor, trained.indices.filter { factors[$0] == factor }.map { trained[$0] })
        }
        frozen = all.filter { entry in configuration.frozen.contains { matches(entry.name, $0) } }
    }

    /// A layer's factor falls from the last one, whose factor is 1, to the embeddings below the first.
    private static func factor(of name: String, depth: Int, decay: Double) -> Double {
        guard decay < 1, name.hasPrefix("video.") else { return 1 }
        let parts = name.split(separator: ".")
        let isBelow = ["tubelet_embedding", "position", "group_tokens"].contains(parts[1])
        let below = parts[1] == "blocks" ? depth - 1 - (Int(parts[2]) ?? 0) : isBelow ? depth : 0
        return (0..<below).reduce(1) { factor, _ in factor * decay }
    }
}
