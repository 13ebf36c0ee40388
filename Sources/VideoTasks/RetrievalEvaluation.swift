public import Evaluation
public import Tensors

/// Both directions of retrieval between videos and captions.
public struct RetrievalEvaluation: Hashable, Codable, Sendable {
    public var textToVideo: RetrievalScores
    public var videoToText: RetrievalScores
    public var videos: Int
    public var captions: Int

    /// - Parameters:
    ///   - similarities: `[videos, captions]`.
    ///   - captions: the text of each column; equal texts belong to the same videos.
    ///   - videoOfCaption: the video that each caption was written for.
    public init(similarities: Tensor, captions: [String], videoOfCaption: [Int]) {
        let (videoCount, captionCount) = (similarities.shape[0], similarities.shape[1])
        var videosOfText: [String: Set<Int>] = [:]
        for (caption, video) in zip(captions, videoOfCaption) { videosOfText[caption, default: []].insert(video) }
        func belongs(_ video: Int, _ caption: Int) -> Bool { videosOfText[captions[caption]]?.contains(video) == true }
        let all = similarities.elements
        let rows = (0..<videoCount).map { Array(all[($0 * captionCount)..<(($0 + 1) * captionCount)]) }
        let columns = (0..<captionCount).map { caption in rows.map { $0[caption] } }
        videoToText = RetrievalScores(similarities: rows) { belongs($0, $1) }
        textToVideo = RetrievalScores(similarities: columns) { belongs($1, $0) }
        videos = videoCount
        self.captions = captionCount
    }
}
