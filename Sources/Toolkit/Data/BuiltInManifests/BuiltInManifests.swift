/// The files of `data-manifests`, written by `data-manifests/embed.sh`.
enum BuiltInManifests {
    /// The text of each manifest, by name.
    static let texts: [String: String] = [
        "activitynet-1.3": activitynet13,
        "breakfast": breakfast,
        "charades": charades,
        "coin": coin,
        "ego4d-mq": ego4dMq,
        "epic-kitchens-100": epicKitchens100,
        "fineaction": fineaction,
        "hacs": hacs,
        "msr-vtt": msrVtt,
        "multithumos": multithumos,
        "thumos14": thumos14,
        "videocc": videocc,
    ]
}
