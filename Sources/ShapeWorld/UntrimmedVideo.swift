public import Annotations
import Foundation
public import Tensors

/// A scene in which one shape alternates between rest and action, with the times of its actions.
public struct UntrimmedVideo: Sendable {
    public var scene: Scene
    /// In seconds.
    public var duration: Double
    public var segments: [LabelledSegment]
    /// What each segment shows.
    public var combinations: [Combination]

    /// Composes a video.
    ///
    /// Every action of the settings is equally likely each time; shapes without corners do not spin. Actions end with the shape
    /// well inside the frame, so that it is visible while it rests.
    ///
    /// - Parameters:
    ///   - duration: in seconds.
    ///   - settings: what the world looks like, and how long actions and rests last.
    ///   - shown: which combinations of colour, shape and action it shows.
    ///   - generator: makes all choices.
    public init(
        duration: Double, settings: WorldSettings, showing shown: ShownCombinations = .any,
        using generator: inout RandomGenerator
    ) {
        self.duration = duration
        var placed: [(x: Double, y: Double)] = []
        var actor = Self.actor(settings, placed: &placed, using: &generator)
        if shown == .heldOut {
            let looks = Combination.all(of: settings).filter(\.isHeldOut)
            if !looks.isEmpty {
                let look = generator.element(of: looks)
                (actor.colour, actor.shape) = (look.colour, look.shape)
            }
        }
        let home = placed[0]
        var pose = Pose(x: home.x, y: home.y)
        var time = Self.rounded(generator.uniform(in: settings.idleSeconds))
        actor.steps = [MotionStep(motion: .still, start: 0, end: time, base: pose)]
        segments = []
        combinations = []
        while time + settings.actionSeconds.lowerBound + 0.5 < duration {
            let longest = min(settings.actionSeconds.upperBound, duration - 0.4 - time)
            let step = Self.action(
                of: actor, from: pose, start: time, seconds: settings.actionSeconds.lowerBound...longest,
                settings: settings, showing: shown, using: &generator)
            actor.steps.append(step.step)
            segments.append(
                LabelledSegment(segment: Segment(start: step.step.start, end: step.step.end), label: step.action.label))
            combinations.append(Combination(actor.colour, actor.shape, step.action.kind))
            pose = step.step.endPose
            pose.x = Actor.wrapped(pose.x, margin: actor.radius)
            pose.y = Actor.wrapped(pose.y, margin: actor.radius)
            time = Self.rounded(step.step.end + generator.uniform(in: settings.idleSeconds))
            actor.steps.append(MotionStep(motion: .still, start: step.step.end, end: time, base: pose))
        }
        var actors: [Actor] = []
        for _ in 0..<generator.integer(in: settings.distractors) {
            var distractor = Self.actor(settings, placed: &placed, using: &generator)
            let place = placed[placed.count - 1]
            distractor.steps = [
                MotionStep(
                    motion: settings.distractorMotion, start: 0, end: duration + 1,
                    base: Pose(x: place.x, y: place.y), vigour: generator.uniform(0.7, 1.3))
            ]
            actors.append(distractor)
        }
        scene = Scene(
            background: Self.background(settings, using: &generator),
            camera: Camera(
                drift: settings.drift, jitter: settings.jitter, flicker: settings.flicker, noise: settings.noise,
                seed: generator.next()),
            actors: actors + [actor])
    }

    /// A shape with a random look, at a position away from the others if there is room.
    static func actor(
        _ settings: WorldSettings, placed: inout [(x: Double, y: Double)], using generator: inout RandomGenerator
    ) -> Actor {
        var place = (x: 0.5, y: 0.5)
        for _ in 0..<20 {
            place = (generator.uniform(0.25, 0.75), generator.uniform(0.25, 0.75))
            if placed.allSatisfy({ hypot($0.x - place.x, $0.y - place.y) > 0.3 }) { break }
        }
        placed.append(place)
        return Actor(
            shape: generator.element(of: Shape.allCases), colour: generator.element(of: Palette.allCases),
            surface: generator.element(of: Surface.allCases), radius: generator.uniform(in: settings.radius), steps: [])
    }

    private static func action(
        of actor: Actor, from pose: Pose, start: Double, seconds: ClosedRange<Double>, settings: WorldSettings,
        showing shown: ShownCombinations, using generator: inout RandomGenerator
    ) -> (step: MotionStep, action: ActionClass) {
        let possible = possibleActions(of: actor, settings: settings, showing: shown, using: &generator)
        var action = generator.element(of: possible)
        var step = MotionStep(motion: .still, start: start, end: start, base: pose)
        // Other lengths and speeds are tried until the shape comes to rest inside, then other actions.
        for attempt in 0..<160 {
            if attempt % 40 == 0 {
                if attempt > 0 { action = generator.element(of: possible) }
                step.motion = generator.element(of: action.motions)
            }
            step.end = rounded(start + generator.uniform(in: seconds))
            step.vigour = generator.uniform(in: settings.vigour)
            let end = step.endPose
            let inside = 0.22...0.78
            if inside.contains(Actor.wrapped(end.x, margin: actor.radius)),
                inside.contains(Actor.wrapped(end.y, margin: actor.radius))
            {
                break
            }
        }
        return (step, action)
    }

    /// What a shape may do next.
    private static func possibleActions(
        of actor: Actor, settings: WorldSettings, showing shown: ShownCombinations,
        using generator: inout RandomGenerator
    ) -> [ActionClass] {
        let visible = settings.actions.filter { actor.shape.showsTurns || !$0.motions.contains(where: \.isTurn) }
        guard shown != .any else { return visible }
        let heldOut = visible.filter { Combination(actor.colour, actor.shape, $0.kind).isHeldOut }
        if shown == .heldOut, !heldOut.isEmpty, generator.uniform() < 0.5 { return heldOut }
        return visible.filter { !heldOut.contains($0) }
    }

    static func background(
        _ settings: WorldSettings, using generator: inout RandomGenerator
    ) -> Background {
        // Dull and rather dark, so that every colour of the palette stands out.
        let grey = generator.uniform(60, 120)
        let tint = { (generator: inout RandomGenerator) in Float(grey + generator.uniform(-18, 18)) }
        return Background(
            texture: generator.element(of: settings.textures),
            colour: [tint(&generator), tint(&generator), tint(&generator)],
            contrast: Float(settings.contrast * generator.uniform(0.6, 1.2)), seed: generator.next())
    }

    /// Annotations are rounded to hundredths of a second, and so is the motion.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}

extension RandomGenerator {
    mutating func uniform(in range: ClosedRange<Double>) -> Double { uniform(range.lowerBound, range.upperBound) }

    /// One of the elements, all equally likely; there must be at least one.
    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[integer(in: 0...(elements.count - 1))]
    }
}
