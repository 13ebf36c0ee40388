/// Sorting by score in time proportional to the number of predictions.
enum ScoreOrder {
    /// A key whose unsigned order is the descending order of the scores; -0 equals 0.
    @inline(__always)
    static func descendingKey(_ score: Double) -> UInt64 {
        let bits = (score + 0).bitPattern
        // Ascending: flip all bits of negatives, the sign of the rest. Descending: the complement of that.
        return bits >> 63 == 1 ? bits : ~(bits | 1 << 63)
    }

    private static let digitBits = 11
    private static let smallCount = 1 << 11

    /// Sorts rows by their keys, ascending; rows of equal keys stay in order.
    static func sort(rows: inout [Int32], keys: inout [UInt64]) {
        if rows.count < smallCount {
            sortSmall(rows: &rows, keys: &keys)
        } else {
            sortByDigits(rows: &rows, keys: &keys)
        }
    }

    private static func sortSmall(rows: inout [Int32], keys: inout [UInt64]) {
        var pairs = zip(keys, rows.indices).map { (key: $0, position: Int32($1)) }
        pairs.sort { $0.key == $1.key ? $0.position < $1.position : $0.key < $1.key }
        rows = pairs.map { rows[Int($0.position)] }
        keys = pairs.map(\.key)
    }

    /// Least significant digit first; digits that are the same in all keys cost only their count.
    private static func sortByDigits(rows: inout [Int32], keys: inout [UInt64]) {
        let count = rows.count, buckets = 1 << digitBits, mask = UInt64(buckets - 1)
        var otherRows = [Int32](repeating: 0, count: count)
        var otherKeys = [UInt64](repeating: 0, count: count)
        var shift: UInt64 = 0
        while shift < 64 {
            var offsets = [Int](repeating: 0, count: buckets)
            for key in keys { offsets[Int(key >> shift & mask)] += 1 }
            if !offsets.contains(count) {
                var next = 0
                for bucket in offsets.indices {
                    let size = offsets[bucket]
                    offsets[bucket] = next
                    next += size
                }
                offsets.withUnsafeMutableBufferPointer { offsets in
                    otherKeys.withUnsafeMutableBufferPointer { otherKeys in
                        otherRows.withUnsafeMutableBufferPointer { otherRows in
                            for position in 0..<count {
                                let key = keys[position]
                                let bucket = Int(key >> shift & mask)
                                let target = offsets[bucket]
                                offsets[bucket] = target + 1
                                otherKeys[target] = key
                                otherRows[target] = rows[position]
                            }
                        }
                    }
                }
                swap(&rows, &otherRows)
                swap(&keys, &otherKeys)
            }
            shift += UInt64(digitBits)
        }
    }
}
