/// The traversal of two shapes together: axes of length 1 are repeated, missing leading axes count as length 1.
struct Broadcast {
    /// The shape of the result.
    let shape: [Int]
    /// Merged axes, outermost first, with the step of each operand along it.
    private let axes: [(length: Int, stepA: Int, stepB: Int)]

    init(_ a: [Int], _ b: [Int]) {
        let rank = max(a.count, b.count)
        let paddedA = Array(repeating: 1, count: rank - a.count) + a
        let paddedB = Array(repeating: 1, count: rank - b.count) + b
        var shape = [Int](repeating: 1, count: rank)
        var axes: [(length: Int, stepA: Int, stepB: Int)] = []
        var strideA = 1, strideB = 1
        for axis in (0..<rank).reversed() {
            let lengthA = paddedA[axis], lengthB = paddedB[axis]
            precondition(
                lengthA == lengthB || lengthA == 1 || lengthB == 1, "shapes \(a) and \(b) do not broadcast")
            let length = lengthA == 1 ? lengthB : lengthA
            shape[axis] = length
            if length != 1 {
                let stepA = lengthA == 1 ? 0 : strideA
                let stepB = lengthB == 1 ? 0 : strideB
                if let last = axes.last, stepA == last.stepA * last.length, stepB == last.stepB * last.length {
                    // Neighbouring axes that both operands walk without a jump are one longer axis.
                    axes[axes.count - 1].length *= length
                } else {
                    axes.append((length, stepA, stepB))
                }
            }
            strideA *= lengthA
            strideB *= lengthB
        }
        if axes.isEmpty { axes = [(1, 1, 1)] }
        self.shape = shape
        self.axes = axes.reversed()
    }

    /// Calls `body` for each innermost row: offsets into the result and both operands, the row's length, and the step
    /// (0 or 1) of each operand along it.
    func forEachRow(
        _ body: (_ out: Int, _ a: Int, _ b: Int, _ count: Int, _ stepA: Int, _ stepB: Int) -> Void
    ) {
        guard shape.elementCount > 0, let inner = axes.last else { return }
        let outer = axes.dropLast()
        var index = [Int](repeating: 0, count: outer.count)
        var a = 0, b = 0, out = 0
        while true {
            body(out, a, b, inner.length, inner.stepA, inner.stepB)
            out += inner.length
            var axis = outer.count - 1
            while axis >= 0 {
                index[axis] += 1
                a += outer[axis].stepA
                b += outer[axis].stepB
                if index[axis] < outer[axis].length { break }
                a -= outer[axis].stepA * outer[axis].length
                b -= outer[axis].stepB * outer[axis].length
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
