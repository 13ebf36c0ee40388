import Annotations
import Pretraining
import SViLM
import ShapeWorld
import Video

/// The clips of a pre-training: some to train on, some held out.
struct PretrainingClips {
    let source: any CaptionedClipSource
    let validation: [CaptionedClip]
    /// What could not be read while this was prepared.
    let failures: [ClipFailure]

    /// Clips of the generated world.
    init(world settings: PretrainingConfiguration, encoder: EncoderConfiguration, seed: UInt64) throws {
        source = try CaptionWorldSource.training(settings.world, encoder: encoder, seed: seed)
        validation = try CaptionWorldSource.heldOut(
            settings.world, part: .validation, count: settings.validationClips, encoder: encoder, seed: seed)
        failures = []
    }

    /// Clips of the videos of a manifest, of which the last lines are held out.
    init(
        manifest path: String, settings: PretrainingConfiguration, encoder: EncoderConfiguration, seed: UInt64,
        decoderOptions: DecoderOptions
    ) throws {
        func clips(_ entries: [PretrainingManifest.Entry]) -> ManifestClipSource {
            ManifestClipSource(entries, path: path, encoder: encoder, seed: seed, decoderOptions: decoderOptions)
        }
        let manifest = try PretrainingManifest(path: path)
        let heldOut = min(settings.validationClips, manifest.entries.count / 5)
        let training = Array(manifest.entries.dropLast(heldOut)), rest = Array(manifest.entries.suffix(heldOut))
        source = clips(training)
        let held = rest.isEmpty ? (clips: [], failures: []) : clips(rest).allClips()
        validation = held.clips
        failures = manifest.failures + held.failures
    }
}
