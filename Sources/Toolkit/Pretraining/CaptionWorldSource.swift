import Configuration
import Pretraining
import SViLM
import ShapeWorld
import Tensors
import Threads
import Video

/// The generated world of captioned scenes as a source of clips for pre-training.
enum CaptionWorldSource {
    /// Clips to train on, made as they are needed.
    static func training(
        _ settings: GeneratedWorldSettings, encoder: EncoderConfiguration, seed: UInt64
    ) throws -> GeneratedClipSource {
        func world(_ difficulty: String, key: String) throws -> CaptionWorld {
            CaptionWorld(
                settings: try worldSettings(difficulty, key: key), part: .training,
                scenesPerGroup: settings.clipsPerScene, seed: seed)
        }
        let first = try world(settings.warmupDifficulty, key: "warmup_difficulty")
        let main = try world(settings.difficulty, key: "difficulty")
        return GeneratedClipSource(captions: CaptionWorld.vocabularyTexts) { position in
            clip(at: position, of: position < settings.warmupClips ? first : main, encoder: encoder)
        }
    }

    /// Clips that are not trained on, each of a scene of its own.
    static func heldOut(
        _ settings: GeneratedWorldSettings, part: CaptionWorld.Part, count: Int, encoder: EncoderConfiguration,
        seed: UInt64
    ) throws -> [CaptionedClip] {
        let world = CaptionWorld(
            settings: try worldSettings(settings.difficulty, key: "difficulty"), part: part, scenesPerGroup: 1,
            seed: seed)
        return Parallel.map(count) { clip(at: $0, of: world, encoder: encoder) }
    }

    /// The moments of a clip's frames, in seconds from its beginning.
    static func moments(_ encoder: EncoderConfiguration) -> [Double] {
        let sampling = encoder.sampling
        let rate = Double(sampling.frameRateNumerator) / Double(sampling.frameRateDenominator)
        return (0..<encoder.frames).map {
            Double((2 * $0 + 1) * sampling.windowFrames / (2 * encoder.frames)) / rate
        }
    }

    private static func clip(at index: Int, of world: CaptionWorld, encoder: EncoderConfiguration) -> CaptionedClip {
        let scene = world.scene(at: index)
        return CaptionedClip(
            pixels: scene.pixels(at: moments(encoder), size: encoder.imageSize), caption: scene.caption,
            nouns: scene.nouns, scene: world.group(of: index), alternatives: scene.alternatives)
    }

    private static func worldSettings(_ name: String, key: String) throws -> WorldSettings {
        guard let difficulty = Difficulty(rawValue: name) else {
            let names = Difficulty.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError.invalidValue(
                file: "the configuration", key: "world.\(key)", problem: "must be one of \(names)")
        }
        return difficulty.settings
    }
}
