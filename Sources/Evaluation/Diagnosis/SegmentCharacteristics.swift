public import Annotations

/// What is known of a segment apart from its label, after DETAD (Alwassel et al. 2018, section 3.1).
///
/// DETAD's context is judged by people and given for ActivityNet only. Context size and distance here are measured on the
/// annotations instead, so that every data set has them; they are not the same quantities.
public struct SegmentCharacteristics: Sendable, Equatable {
    /// In seconds.
    public var length: Double
    /// The part of the video that the segment fills; nil when the duration of the video is unknown.
    public var coverage: Double?
    /// The number of segments of any label in the video.
    public var instanceCount: Int
    /// Seconds without any label directly before and after the segment, in lengths of the segment; nil when the duration of
    /// the video is unknown.
    public var contextSize: Double?
    /// Seconds to the nearest other segment of any label, in lengths of the segment; 0 when they touch or overlap, nil when
    /// the segment is the only one.
    public var contextDistance: Double?

    /// The characteristics of each segment of a video, in order.
    public static func of(_ video: AnnotatedVideo) -> [SegmentCharacteristics] {
        video.segments.map { item in
            let segment = item.segment, length = segment.duration
            // The same segment under another label does not count as a neighbour.
            let others = video.segments.lazy.map(\.segment).filter { !$0.isSame(as: segment, within: 1e-3) }
            let distance = others.map { max(0, max($0.start - segment.end, segment.start - $0.end)) }.min()
            let before = others.map {
                $0.end <= segment.start ? segment.start - $0.end : $0.start < segment.start ? 0 : .infinity
            }.min()
            let after = others.map {
                $0.start >= segment.end ? $0.start - segment.end : $0.end > segment.end ? 0 : .infinity
            }.min()
            let size = video.duration.map { duration in
                min(before ?? .infinity, max(0, segment.start))
                    + min(after ?? .infinity, max(0, duration - segment.end))
            }
            return SegmentCharacteristics(
                length: length, coverage: video.duration.map { length / $0 }, instanceCount: video.segments.count,
                contextSize: length > 0 ? size.map { $0 / length } : nil,
                contextDistance: length > 0 ? distance.map { $0 / length } : nil)
        }
    }
}

/// Groups of segments that differ in one characteristic.
struct CharacteristicGroups {
    let name: String
    let unit: String
    /// Upper ends, inclusive; values above the last form one more group.
    let edges: [Double]
    let value: @Sendable (SegmentCharacteristics) -> Double?

    /// The five characteristics, with edges for long actions (ActivityNet) or short ones (THUMOS14) as in DETAD.
    static func all(forShortActions isShort: Bool) -> [CharacteristicGroups] {
        [
            CharacteristicGroups(
                name: "coverage", unit: "of the video",
                edges: isShort ? [0.02, 0.04, 0.06, 0.08] : [0.2, 0.4, 0.6, 0.8], value: \.coverage),
            CharacteristicGroups(
                name: "length", unit: "s", edges: isShort ? [3, 6, 12, 18] : [30, 60, 120, 180], value: { $0.length }),
            CharacteristicGroups(
                name: "instances", unit: "in the video", edges: isShort ? [1, 40, 80] : [1, 4, 8],
                value: { Double($0.instanceCount) }),
            CharacteristicGroups(
                name: "context size", unit: "lengths", edges: [0.5, 2, 8], value: \.contextSize),
            CharacteristicGroups(
                name: "context distance", unit: "lengths", edges: [0, 0.5, 2, 8],
                value: { $0.contextDistance ?? .infinity }),
        ]
    }

    /// The number of the group of a segment; nil when the characteristic is unknown.
    func group(of characteristics: SegmentCharacteristics) -> Int? {
        value(characteristics).map { value in edges.firstIndex { value <= $0 } ?? edges.count }
    }

    var groupNames: [String] {
        func text(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
        var names = ["≤ \(text(edges[0]))"]
        for index in 1..<edges.count { names.append("\(text(edges[index - 1]))–\(text(edges[index]))") }
        return names + ["> \(text(edges[edges.count - 1]))"]
    }
}
