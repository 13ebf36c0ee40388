/// A shape with a look and a sequence of motions.
public struct Actor: Hashable, Sendable {
    public var shape: Shape
    public var colour: Palette
    public var surface: Surface
    /// In frame sides.
    public var radius: Double
    /// In order of time, without gaps; before the first and after the last the shape rests.
    public var steps: [MotionStep]

    public init(shape: Shape, colour: Palette, surface: Surface, radius: Double, steps: [MotionStep]) {
        self.shape = shape
        self.colour = colour
        self.surface = surface
        self.radius = radius
        self.steps = steps
    }

    /// The position of the shape at a moment. A shape that leaves the frame re-enters from the other side.
    public func pose(at seconds: Double) -> Pose? {
        guard let first = steps.first, let last = steps.last else { return nil }
        var pose: Pose
        if let step = steps.first(where: { seconds >= $0.start && seconds < $0.end }) {
            pose = step.pose(at: seconds)
        } else {
            pose = seconds < first.start ? first.base : last.endPose
        }
        pose.x = Self.wrapped(pose.x, margin: radius)
        pose.y = Self.wrapped(pose.y, margin: radius)
        return pose
    }

    /// The position between `-margin` and `1 + margin` that a position outside wraps to.
    static func wrapped(_ place: Double, margin: Double) -> Double {
        let span = 1 + 2 * margin
        return place - ((place + margin) / span).rounded(.down) * span
    }
}

/// Everything visible, described without pixels: the same scene can be rendered at any size and frame rate.
public struct Scene: Hashable, Sendable {
    public var background: Background
    public var camera: Camera
    /// From back to front.
    public var actors: [Actor]

    public init(background: Background, camera: Camera, actors: [Actor]) {
        self.background = background
        self.camera = camera
        self.actors = actors
    }
}
