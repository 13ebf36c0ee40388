import Tensors

/// Which facts about a scene its caption mentions, and how.
struct SentenceStyle: Hashable, Sendable {
    /// How much detail a caption gives about a shape.
    enum Detail: Hashable, Sendable {
        /// "a shape"
        case none
        /// "a square"
        case outline
        /// "a red square", perhaps with size and surface.
        case colour
    }

    var detail: Detail
    var isProgressive: Bool
    var tellsDirection: Bool
    var tellsSize: Bool
    var tellsSurface: Bool
    var tellsNeighbour: Bool
    var tellsBackground: Bool

    init(using generator: inout RandomGenerator) {
        let detailed = generator.uniform()
        detail = detailed < 0.3 ? .none : detailed < 0.45 ? .outline : .colour
        isProgressive = generator.uniform() < 0.5
        tellsDirection = generator.uniform() < 0.5
        tellsSize = generator.uniform() < 0.5
        tellsSurface = generator.uniform() < 0.5
        tellsNeighbour = generator.uniform() < 0.5 && detail == .colour
        tellsBackground = generator.uniform() < 0.25 && detail == .colour
    }

    /// A shape with its article, such as "a small striped red square".
    func name(of actor: Actor, radii: ClosedRange<Double>) -> String {
        switch detail {
        case .none: return "a shape"
        case .outline: return "a \(actor.shape.rawValue)"
        case .colour: break
        }
        var words: [String] = []
        let third = (radii.upperBound - radii.lowerBound) / 3
        if tellsSize, actor.radius < radii.lowerBound + third { words.append("small") }
        if tellsSize, actor.radius > radii.upperBound - third { words.append("large") }
        if tellsSurface, actor.surface != .plain { words.append(actor.surface.rawValue) }
        words += [actor.colour.rawValue, actor.shape.rawValue]
        let article = words.first.flatMap(\.first).map("aeiou".contains) == true ? "an" : "a"
        return ([article] + words).joined(separator: " ")
    }

    /// The noun for a shape, with its colour if the caption names it; `nil` if the caption does not mention the shape.
    func noun(for actor: Actor) -> String? {
        switch detail {
        case .none: return nil
        case .outline: return actor.shape.rawValue
        case .colour: return "\(actor.colour.rawValue) \(actor.shape.rawValue)"
        }
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
