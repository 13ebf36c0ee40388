import Tensors
import Video

/// A short scene and the sentence that describes it.
public struct CaptionedScene: Sendable {
    public var scene: Scene
    /// What the first named shape does.
    public var kind: ActionKind
    public var caption: String
    /// The shapes that the caption names, with their colours if it mentions them; none for "a shape".
    public var nouns: [String]
    /// The captions for every other action that the shape could have performed.
    public var alternatives: [String]
    /// Questions that the scene answers.
    public var questions: [SceneQuestion]

    /// The frames at some moments, `[moments, size, size, 3]` bytes of RGB.
    public func pixels(at seconds: [Double], size: Int) -> [UInt8] {
        let renderer = SceneRenderer(scene: scene, size: size)
        return seconds.enumerated().flatMap { renderer.image(at: $1, frame: $0).pixels }
    }
}

/// An endless sequence of captioned scenes; each depends only on its index.
///
/// Neighbouring scenes come in groups that share shapes, places, background and wording, and differ in what the first
/// named shape does, so that their captions differ by the motion only. Some combinations of colour, shape and action
/// occur only in scenes of ``Part/heldOut``. Nothing is shared with the untrimmed videos of ``DemoDataset``, which use
/// different random numbers.
public struct CaptionWorld: Hashable, Sendable {
    /// The purpose of scenes; the parts share no random numbers.
    public enum Part: Int, Hashable, Codable, Sendable, CaseIterable {
        case training, validation
        /// Scenes with the combinations that no other part has.
        case heldOut
    }

    public var settings: WorldSettings
    public var part: Part
    /// Scenes that differ only in what happens.
    public var scenesPerGroup: Int
    public var seed: UInt64

    public init(settings: WorldSettings, part: Part = .training, scenesPerGroup: Int = 8, seed: UInt64) {
        precondition(scenesPerGroup > 0, "a group of \(scenesPerGroup) scenes")
        self.settings = settings
        self.part = part
        self.scenesPerGroup = scenesPerGroup
        self.seed = seed
    }

    /// The number of the group of a scene.
    public func group(of index: Int) -> Int { index / scenesPerGroup }

    /// One in eleven combinations is held out.
    static func isHeldOut(_ colour: Palette, _ shape: Shape, _ kind: ActionKind) -> Bool {
        let numbers = (
            Palette.allCases.firstIndex(of: colour) ?? 0, Shape.allCases.firstIndex(of: shape) ?? 0,
            ActionKind.allCases.firstIndex(of: kind) ?? 0
        )
        return (3 * numbers.0 + 5 * numbers.1 + numbers.2) % 11 == 0
    }

    /// The longest time that captions describe, in seconds from 0.
    public static let seconds = 4.0
    /// Chance that a second shape acts and is named.
    private static let secondActor = 0.15

    /// The scene of an index.
    public func scene(at index: Int) -> CaptionedScene {
        // The salt makes these random numbers differ from those of the untrimmed videos for every seed.
        let root = RandomGenerator(seed: seed ^ 0x5EED_CA97_1095_0000).split(part.rawValue)
        var shared = root.split(index / scenesPerGroup)
        var placed: [(x: Double, y: Double)] = []
        let cast = (0...Swift.max(1, shared.integer(in: settings.distractors))).map { _ in
            UntrimmedVideo.actor(settings, placed: &placed, using: &shared)
        }
        var actor = cast[0]
        var kinds = possibleKinds(of: actor)
        // Not every look has a combination that is held out.
        while kinds.isEmpty {
            actor.colour = shared.element(of: Palette.allCases)
            kinds = possibleKinds(of: actor)
        }
        kinds.shuffle(using: &shared)
        let kind = kinds[index % scenesPerGroup % kinds.count]
        let style = SentenceStyle(using: &shared)
        let background = UntrimmedVideo.background(settings, using: &shared)
        let secondActs = shared.uniform() < Self.secondActor && style.detail == .colour
        var others = Array(cast.dropFirst())
        let isAlone = settings.distractors.upperBound == 0 && !secondActs
        if isAlone { others = [] }

        var own = shared.split(index % scenesPerGroup)
        let motion = own.element(of: kind.motions)
        actor.steps = [step(motion, at: placed[0], using: &own)]
        var secondPredicate: String?, secondAction: ActionKind?
        for place in others.indices {
            var doing = settings.distractorMotion
            if place == 0, secondActs {
                let secondKind = own.element(of: Self.kinds(of: others[0]).filter { $0 != .resting })
                doing = own.element(of: secondKind.motions)
                secondPredicate = style.predicate(secondKind, doing)
                secondAction = secondKind
            }
            others[place].steps = [step(doing, at: placed[place + 1], using: &own)]
        }
        let camera = Camera(
            drift: settings.drift, jitter: settings.jitter, flicker: settings.flicker,
            // Videos lose a part of their noise when they are compressed and scaled.
            noise: settings.noise * own.uniform(0.2, 1), seed: own.next())

        func caption(_ kind: ActionKind, _ motion: Motion) -> String {
            var parts = [style.name(of: actor, radii: settings.radius), style.predicate(kind, motion)]
            if let second = others.first {
                let name = style.name(of: second, radii: settings.radius)
                if let secondPredicate {
                    parts.append("while \(name) \(secondPredicate)")
                } else if style.tellsNeighbour {
                    parts.append("beside \(name)")
                }
            }
            if let words = style.background(background.texture) { parts.append(words) }
            return parts.joined(separator: " ")
        }
        let namesSecond = secondPredicate != nil || style.tellsNeighbour
        let nouns = ([actor] + (namesSecond ? Array(others.prefix(1)) : [])).compactMap(style.noun)
        let alternatives = Self.kinds(of: actor).filter { $0 != kind }.map { other in
            caption(other, other.motions[index % other.motions.count])
        }
        return CaptionedScene(
            scene: Scene(background: background, camera: camera, actors: others.reversed() + [actor]), kind: kind,
            caption: caption(kind, motion), nouns: Array(Set(nouns)).sorted(), alternatives: alternatives,
            questions: SceneQuestion.all(
                about: [(actor, kind)] + others.enumerated().map { ($1, $0 == 0 ? secondAction : nil) }))
    }

    /// What a shape visibly does.
    private static func kinds(of actor: Actor) -> [ActionKind] {
        ActionKind.allCases.filter { actor.shape.showsTurns || $0 != .spinning }
    }

    /// What a shape may do in this part.
    private func possibleKinds(of actor: Actor) -> [ActionKind] {
        Self.kinds(of: actor).filter { Self.isHeldOut(actor.colour, actor.shape, $0) == (part == .heldOut) }
    }

    /// A motion that starts before the scene and ends after it.
    private func step(
        _ motion: Motion, at place: (x: Double, y: Double), using generator: inout RandomGenerator
    ) -> MotionStep {
        MotionStep(
            motion: motion, start: -generator.uniform(0, 2), end: Self.seconds,
            base: Pose(x: place.x, y: place.y), vigour: generator.uniform(in: settings.vigour))
    }

    /// Captions that hold every word of this world.
    public static var vocabularyTexts: [String] {
        let shapes = Shape.allCases.map(\.rawValue), colours = Palette.allCases.map(\.rawValue)
        let surfaces = Surface.allCases.map(\.rawValue)
        let actions = ActionKind.allCases.flatMap { [$0.rawValue, $0.verb] }
        let directions = ["left", "right", "up", "down", "clockwise", "counterclockwise"]
        let others = ["a an is small large beside while on background cloudy striped checked shaded plain"]
        let prompts = ["a video of a picture there in the shape object and"]
        return [shapes, colours, surfaces, actions, directions].map { $0.joined(separator: " ") } + others + prompts
    }
}
