import Foundation

extension DataSummary {
    /// The most classes that are drawn.
    private static let mostClasses = 40
    private static let colours: [UInt32] = [0x4477AA, 0xEE6677, 0x228833, 0xCCBB44, 0x66CCEE, 0xAA3377]

    /// Lengths of segments, segments a video, and segments a class, by subset.
    public var figure: Figure {
        let shown = min(classes.count, Self.mostClasses), width = 760
        let classTop = 250.0, rowHeight = 13.0
        var figure = Figure(width: width, height: Int(classTop + 40 + Double(max(shown, 1)) * rowHeight + 20))
        figure.histogram(
            "length of segments in seconds", lengthBins, x: 20, y: 30, width: 340, height: 160)
        figure.histogram("segments a video", instanceBins, x: 400, y: 30, width: 340, height: 160)
        let more = classes.count > shown ? ", the \(shown) most frequent of \(classes.count)" : ""
        figure.text("segments of each class\(more)", x: 20, y: classTop)
        for (index, part) in parts.enumerated() {
            let x = 20 + Double(index) * 140, colour = Self.colours[index % Self.colours.count]
            figure.rectangle(x: x, y: classTop + 10, width: 8, height: 8, colour: colour)
            figure.text(Self.short(part.name.isEmpty ? "no subset" : part.name, 18), x: x + 12, y: classTop + 17)
        }
        let left = 230.0, room = Double(width) - left - 70
        let longest = classes.first.map { Double($0.counts.reduce(0, +)) } ?? 1
        for (row, entry) in classes.prefix(shown).enumerated() {
            let y = classTop + 28 + Double(row) * rowHeight
            figure.text(Self.short(entry.label, 34), x: left - 6, y: y + 8, anchor: .end)
            var x = left
            for (index, count) in entry.counts.enumerated() where count > 0 {
                let length = room * Double(count) / max(longest, 1)
                figure.rectangle(
                    x: x, y: y, width: length, height: rowHeight - 3, colour: Self.colours[index % Self.colours.count])
                x += length
            }
            figure.text("\(entry.counts.reduce(0, +))", x: x + 4, y: y + 8)
        }
        return figure
    }

    /// Lengths in bins whose bounds double.
    private var lengthBins: [(name: String, count: Int)] {
        guard let shortest = lengths.min(), let longest = lengths.max() else { return [] }
        let first = max(-6, Int(log2(shortest).rounded(.down))),
            last = min(14, max(first, Int(log2(longest).rounded(.down))))
        var counts = Array(repeating: 0, count: last - first + 1)
        for length in lengths {
            counts[min(max(Int(log2(length).rounded(.down)), first), last) - first] += 1
        }
        return counts.enumerated().map { index, count in
            let bound = pow(2, Double(first + index))
            return (bound < 1 ? String(format: "%.2g", bound) : "\(Int(bound))", count)
        }
    }

    /// Numbers up to ten on their own, then in bins that double.
    private var instanceBins: [(name: String, count: Int)] {
        guard let most = instances.max() else { return [] }
        var bounds = Array(0...min(most, 10))
        while let last = bounds.last, last >= 10, last * 2 <= most { bounds.append(last * 2) }
        return bounds.enumerated().map { index, bound in
            let next = index + 1 < bounds.count ? bounds[index + 1] : Int.max
            return (
                next > bound + 1 && bound >= 10 ? "\(bound)+" : "\(bound)", instances.count { $0 >= bound && $0 < next }
            )
        }
    }

    private static func short(_ text: String, _ limit: Int) -> String {
        text.count > limit ? text.prefix(limit - 2) + ".." : text
    }
}

extension Figure {
    fileprivate mutating func histogram(
        _ title: String, _ bins: [(name: String, count: Int)], x: Double, y: Double, width: Double, height: Double
    ) {
        text(title, x: x, y: y - 8)
        rectangle(x: x, y: y + height, width: width, height: 1, colour: Figure.ink)
        guard let most = bins.map(\.count).max(), most > 0 else {
            text("none", x: x + width / 2, y: y + height / 2, anchor: .middle)
            return
        }
        for fraction in [0.5, 1.0] {
            rectangle(x: x, y: y + height * (1 - fraction), width: width, height: 0.5, colour: Figure.faint)
        }
        let step = width / Double(bins.count)
        // Every n-th bin has its name, so that names do not touch.
        let longest = Double(bins.map(\.name.count).max() ?? 1) * Figure.letterWidth + 6
        let every = max(1, Int((longest / step).rounded(.up)))
        for (index, bin) in bins.enumerated() {
            let left = x + Double(index) * step, bar = height * Double(bin.count) / Double(most)
            rectangle(x: left + 1, y: y + height - bar, width: step - 2, height: bar, colour: 0x4477AA)
            if index % every == 0 { text(bin.name, x: left + step / 2, y: y + height + 12, anchor: .middle) }
        }
        text("\(most)", x: x + width, y: y - 1, anchor: .end)
    }
}
