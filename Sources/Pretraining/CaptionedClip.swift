public import Annotations

/// A clip and the sentence that describes it.
public struct CaptionedClip: Sendable {
    /// RGB bytes `[frames, height, width, 3]` as the encoder takes them.
    public var pixels: [UInt8]
    public var caption: String
    /// What the caption's nouns are; found by a `NounPicker` where `nil`.
    public var nouns: [String]?
    /// Equal for clips of one batch that show the same scene and differ in what happens; `nil` for a scene of its own.
    public var scene: Int?
    /// Captions that would be right had something else happened in the scene; for measuring only.
    public var alternatives: [String]

    public init(
        pixels: [UInt8], caption: String, nouns: [String]? = nil, scene: Int? = nil, alternatives: [String] = []
    ) {
        self.pixels = pixels
        self.caption = caption
        self.nouns = nouns
        self.scene = scene
        self.alternatives = alternatives
    }
}

/// Clips of one training step.
public struct ClipBatch: Sendable {
    public var clips: [CaptionedClip]
    /// The position at which the next batch begins.
    public var nextPosition: Int
    /// Videos that could not be read on the way.
    public var failures: [ClipFailure]

    public init(clips: [CaptionedClip], nextPosition: Int, failures: [ClipFailure] = []) {
        self.clips = clips
        self.nextPosition = nextPosition
        self.failures = failures
    }
}

/// Where captioned clips come from.
///
/// A source is an endless sequence: the same position always gives the same clips, so that training which is resumed at a
/// position goes on as if it had never stopped.
public protocol CaptionedClipSource: Sendable {
    /// The next `count` usable clips from a position on.
    ///
    /// - Throws: `SViLMError` when there is nothing usable at all.
    func batch(at position: Int, count: Int) throws -> ClipBatch
    /// Captions that occur, for building a vocabulary of their words.
    func captions() -> [String]
}

/// Clips made on the fly by a function of their position.
public struct GeneratedClipSource: CaptionedClipSource {
    private let makeClip: @Sendable (Int) -> CaptionedClip
    private let allCaptions: [String]

    /// - Parameters:
    ///   - captions: texts that hold every word the captions use.
    ///   - makeClip: the clip at a position; called from one thread.
    public init(captions: [String], makeClip: @escaping @Sendable (Int) -> CaptionedClip) {
        allCaptions = captions
        self.makeClip = makeClip
    }

    public func batch(at position: Int, count: Int) -> ClipBatch {
        ClipBatch(clips: (position..<(position + count)).map(makeClip), nextPosition: position + count)
    }

    public func captions() -> [String] { allCaptions }
}
