import Tensors

/// Which of the things that are true of a scene its caption tells, and how.
struct SentenceStyle: Hashable, Sendable {
    var isProgressive: Bool
    var tellsDirection: Bool
    var tellsSize: Bool
    var tellsSurface: Bool
    var tellsNeighbour: Bool
    var tellsBackground: Bool

    init(using generator: inout RandomGenerator) {
        isProgressive = generator.uniform() < 0.5
        tellsDirection = generator.uniform() < 0.5
        tellsSize = generator.uniform() < 0.5
        tellsSurface = generator.uniform() < 0.5
        tellsNeighbour = generator.uniform() < 0.5
        tellsBackground = generator.uniform() < 0.25
    }

    /// A shape with its article, such as "a small striped red square".
    func name(of actor: Actor, radii: ClosedRange<Double>) -> String {
        var words: [String] = []
        let third = (radii.upperBound - radii.lowerBound) / 3
        if tellsSize, actor.radius < radii.lowerBound + third { words.append("small") }
        if tellsSize, actor.radius > radii.upperBound - third { words.append("large") }
        if tellsSurface, actor.surface != .plain { words.append(actor.surface.rawValue) }
        words += [actor.colour.rawValue, actor.shape.rawValue]
        let article = words.first.flatMap(\.first).map("aeiou".contains) == true ? "an" : "a"
        return ([article] + words).joined(separator: " ")
    }

    /// What a shape does, such as "is moving left".
    func predicate(_ kind: ActionKind, _ motion: Motion) -> String {
        var words = isProgressive ? ["is", kind.rawValue] : [kind.verb]
        if tellsDirection, let word = motion.directionWord { words.append(word) }
        return words.joined(separator: " ")
    }

    /// The words about the background, such as "on stripes".
    func background(_ texture: Background.Texture) -> String? {
        guard tellsBackground else { return nil }
        switch texture {
        case .plain: return "on a plain background"
        case .clouds: return "on a cloudy background"
        case .stripes: return "on a striped background"
        case .checks: return "on a checked background"
        case .gradient: return "on a shaded background"
        }
    }
}
