/// Compares names that people type with those that are known.
package enum SettingNames {
    /// The known name with the smallest edit distance, when it is near enough to be a slip.
    package static func nearest(to key: String, in known: [String]) -> String? {
        let ranked = known.map { (key: $0, distance: editDistance(key, $0)) }.sorted {
            ($0.distance, $0.key) < ($1.distance, $1.key)
        }
        guard let best = ranked.first, best.distance <= max(3, key.count / 2) else { return nil }
        return best.key
    }

    private static func editDistance(_ first: String, _ second: String) -> Int {
        let a = Array(first), b = Array(second)
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
