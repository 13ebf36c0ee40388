extension AnnotationSet {
    /// Whether segments carry scores, as predictions do.
    public var isScored: Bool { videos.contains { $0.segments.contains { $0.score != nil } } }

    /// The videos of several files. A video in several gets the segments of all; where two files say different things of it the
    /// first is kept, and both are counted in ``oddities``.
    static func merged(_ parts: [(path: String, set: AnnotationSet)]) -> AnnotationSet {
        guard parts.count > 1 else { return parts.first?.set ?? AnnotationSet(videos: []) }
        var videos: [AnnotatedVideo] = [], positions: [String: Int] = [:], tally = OddityTally()
        for (path, set) in parts {
            for video in set.videos {
                guard let index = positions[video.id] else {
                    positions[video.id] = videos.count
                    videos.append(video)
                    continue
                }
                let isConflict = videos[index].join(video)
                tally.add(isConflict ? .conflict : .videoInSeveralFiles, at: "\(video.id) in \(path)")
            }
        }
        let layouts = Set(parts.map(\.set.layout))
        let orders = parts.filter { $0.set.labelOrder != .alphabetical && !$0.set.labels.isEmpty }.map(\.set.labels)
        // An order that all files share, or that one of them gives for all, is kept.
        let longest = orders.max { $0.count < $1.count } ?? []
        let isShared =
            !orders.isEmpty && parts.allSatisfy { Set($0.set.labels).isSubset(of: longest) }
            && orders.allSatisfy { order in longest.filter(Set(order).contains) == order }
        return AnnotationSet(
            videos: videos, labels: isShared ? longest : nil, labelOrder: isShared ? .identifier : nil,
            layout: layouts.count == 1 ? layouts.first ?? nil : nil,
            oddities: Oddity.joined(parts.flatMap { $0.set.oddities } + tally.oddities))
    }

    /// The same with labels in the order of their numbers, where every label has one.
    func ordered(by identifiers: [String: Int]) -> AnnotationSet {
        guard !labels.isEmpty, labels.allSatisfy({ identifiers[$0] != nil }) else { return self }
        var result = self
        result.labels = labels.sorted { (identifiers[$0] ?? 0, $0) < (identifiers[$1] ?? 0, $1) }
        result.labelOrder = .identifier
        return result
    }
}

extension AnnotatedVideo {
    /// Adds what another file says of the same video.
    ///
    /// - Returns: whether the two files say different things.
    fileprivate mutating func join(_ other: AnnotatedVideo) -> Bool {
        var isConflict = false
        func kept<Value: Equatable>(_ mine: Value?, _ theirs: Value?, _ differ: (Value, Value) -> Bool) -> Value? {
            if let mine, let theirs, differ(mine, theirs) { isConflict = true }
            return mine ?? theirs
        }
        duration = kept(duration, other.duration) { abs($0 - $1) > 0.05 }
        framesPerSecond = kept(framesPerSecond, other.framesPerSecond) { abs($0 - $1) > 0.01 }
        frameCount = kept(frameCount, other.frameCount, !=)
        subset = kept(subset.isEmpty ? nil : subset, other.subset.isEmpty ? nil : other.subset, !=) ?? ""
        group = kept(group, other.group, !=)
        let known = Set(segments)
        segments += other.segments.filter { !known.contains($0) }
        return isConflict
    }
}
