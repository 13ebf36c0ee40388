/// The largest difference between two arrays; infinite where their lengths differ or a value is not a number.
func largestDifference(_ first: [Float], _ second: [Float]) -> Float {
    guard first.count == second.count else { return .infinity }
    var largest: Float = 0
    for (a, b) in zip(first, second) where a != b {
        let difference = abs(a - b)
        if difference.isNaN { return .infinity }
        largest = max(largest, difference)
    }
    return largest
}
