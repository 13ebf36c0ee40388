/// A colour, a shape and what it does, such as "a red square spins".
public struct Combination: Hashable, Sendable {
    public var colour: Palette
    public var shape: Shape
    public var kind: ActionKind

    public init(_ colour: Palette, _ shape: Shape, _ kind: ActionKind) {
        self.colour = colour
        self.shape = shape
        self.kind = kind
    }

    /// Whether only the captioned scenes of ``CaptionWorld/Part/heldOut`` show it.
    public var isHeldOut: Bool { CaptionWorld.isHeldOut(colour, shape, kind) }

    /// The combination as a caption describes it.
    public var sentence: String {
        let article = colour.rawValue.first.map("aeiou".contains) == true ? "an" : "a"
        return "\(article) \(colour.rawValue) \(shape.rawValue) \(kind.verb)"
    }

    /// Every combination that the untrimmed videos of a world can show.
    public static func all(of settings: WorldSettings) -> [Combination] {
        let kinds = Set(settings.actions.map(\.kind))
        return Palette.allCases.flatMap { colour in
            Shape.allCases.flatMap { shape in
                ActionKind.allCases.filter { kinds.contains($0) && (shape.showsTurns || $0 != .spinning) }
                    .map { Combination(colour, shape, $0) }
            }
        }
    }
}

/// Which combinations the acting shape of an untrimmed video shows.
public enum ShownCombinations: Hashable, Sendable {
    case any
    /// Only those that are not held out from captioned scenes.
    case seen
    /// A shape and colour of which one action is held out; half of the actions are that one.
    case heldOut
}

extension ActionClass {
    /// What a sentence calls its motions.
    public var kind: ActionKind {
        ActionKind.allCases.first { kind in motions.contains { kind.motions.contains($0) } } ?? .resting
    }
}
