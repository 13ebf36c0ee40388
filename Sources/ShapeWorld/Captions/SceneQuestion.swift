/// A question about a scene, with the one word that answers it.
public struct SceneQuestion: Hashable, Sendable {
    public var question: String
    public var answer: String

    /// The questions about a scene that have a single answer in it.
    ///
    /// - Parameters:
    ///   - actors: the shapes in sight with what they do; `nil` for those that do nothing worth a name.
    static func all(about actors: [(actor: Actor, kind: ActionKind?)]) -> [SceneQuestion] {
        func isAlone(_ matches: (Actor) -> Bool) -> Bool { actors.count { matches($0.actor) } == 1 }
        var questions: [SceneQuestion] = []
        for (actor, kind) in actors {
            let (shape, colour) = (actor.shape, actor.colour)
            if isAlone({ $0.shape == shape }) {
                questions.append(
                    SceneQuestion(question: "what colour is the \(shape.rawValue)?", answer: colour.rawValue))
            }
            guard let kind else { continue }
            if isAlone({ $0.shape == shape }) {
                questions.append(SceneQuestion(question: "what does the \(shape.rawValue) do?", answer: kind.verb))
            }
            if isAlone({ $0.colour == colour }) {
                questions.append(
                    SceneQuestion(question: "what does the \(colour.rawValue) shape do?", answer: kind.verb))
            }
            // A resting shape cannot be distinguished from shapes whose motion has no name.
            guard kind != .resting, actors.count(where: { $0.kind == kind }) == 1 else { continue }
            questions.append(SceneQuestion(question: "which shape \(kind.verb)?", answer: shape.rawValue))
            questions.append(
                SceneQuestion(question: "what colour is the shape that \(kind.verb)?", answer: colour.rawValue))
        }
        return questions
    }
}
