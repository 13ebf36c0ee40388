/// The replies of the server, as JSON says them.
enum ViewerReplies {
    struct Video: Encodable {
        var id: String
        /// Where the file of the video is, on this server; missing where there is no file.
        var address: String?
        var segments: Int
        var detections: Int
        var isLabelled: Bool
        var disagreement: Int
    }

    struct Session: Encodable {
        var title: String
        var labels: [String]
        var colours: [String]
        var runs: [String]
        var curves: [CurveFile]
        var output: String?
        var hasUnsavedEdits: Bool
        var recovered: Int
    }

    /// A file of scores over the time.
    struct CurveFile: Encodable {
        var name: String
        /// `scores` or `similarities`.
        var kind: String
        var classes: [String]
    }

    /// A part of the curves of one video.
    struct Curves: Encodable {
        /// The bounds of these curves over the whole video, for the axis.
        var lowest: Double
        var highest: Double
        /// Seconds of the first value, and from one to the next.
        var start: Double
        var step: Double
        var curves: [Curve]
    }

    struct Curve: Encodable {
        var label: String
        var low: [Double]
        /// Missing where it is the same as `low`.
        var high: [Double]?
    }

    struct Track: Encodable {
        var run: String
        var detections: [Detection]
    }

    struct Detection: Encodable {
        var start: Double
        var end: Double
        var label: String
        var score: Double
    }

    struct Labels: Encodable {
        var id: String
        var address: String?
        /// Seconds by the header of the file; nil where it does not say, or cannot be read.
        var duration: Double?
        var framesPerSecond: Double?
        /// Why the file cannot be read.
        var problem: String?
        var codec: String?
        var revision: Int
        var isLabelled: Bool
        var segments: [EditedSegment]
        var tracks: [Track]
        /// The numbers of the files of the session that have scores of the video.
        var curves: [Int]
    }

    /// A copy that browsers play.
    struct Copy: Encodable {
        /// `none`, `waiting`, `making`, `ready` or `failed`.
        var state: String
        /// How much of it is made, from 0 to 1.
        var share: Double?
        /// Where it is, on this server.
        var address: String?
        /// Why it cannot be made.
        var reason: String?
    }

    struct Edit: Decodable {
        var revision: Int
        var segments: [EditedSegment]
    }

    struct Edited: Encodable { var revision: Int }

    struct SaveRequest: Decodable { var replace: Bool? }

    struct Saved: Encodable {
        var path: String
        var videos: Int
        var segments: Int
        var losses: [String]
    }

    struct Failure: Encodable { var error: String }
}
