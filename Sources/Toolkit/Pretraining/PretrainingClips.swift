import Annotations
import Pretraining
import SViLM
import ShapeWorld

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
    init(manifest path: String, settings: PretrainingConfiguration, encoder: EncoderConfiguration, seed: UInt64) throws
    {
        let manifest = try PretrainingManifest(path: path)
        let heldOut = min(settings.validationClips, manifest.entries.count / 5)
        let training = Array(manifest.entries.dropLast(heldOut)), rest = Array(manifest.entries.suffix(heldOut))
        source = ManifestClipSource(training, path: path, encoder: encoder, seed: seed)
        let held =
            rest.isEmpty
            ? (clips: [], failures: []) : ManifestClipSource(rest, path: path, encoder: encoder, seed: seed).allClips()
        validation = held.clips
        failures = manifest.failures + held.failures
    }
}
