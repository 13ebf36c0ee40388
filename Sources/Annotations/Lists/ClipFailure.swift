/// A video that could not be used, and why.
public struct ClipFailure: Hashable, Codable, Sendable {
    public var video: String
    public var reason: String

    public init(video: String, reason: String) {
        self.video = video
        self.reason = reason
    }
}
