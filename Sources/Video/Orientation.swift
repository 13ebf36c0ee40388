/// How stored pixels are turned or mirrored for display: one of the eight symmetries of a rectangle.
struct Orientation: Hashable {
    /// Whether rows become columns. Applied before the flips.
    var transposes = false
    var flipsHorizontally = false
    var flipsVertically = false

    /// The symmetry nearest to a display matrix `[a b u; c d v; x y w]`, which sends (x, y) to (ax + cy, bx + dy).
    init(displayMatrix matrix: UnsafePointer<Int32>) {
        let (a, b, c, d) = (Int(matrix[0]), Int(matrix[1]), Int(matrix[3]), Int(matrix[4]))
        transposes = abs(b) + abs(c) > abs(a) + abs(d)
        flipsHorizontally = (transposes ? c : a) < 0
        flipsVertically = (transposes ? b : d) < 0
    }

    /// A clockwise turn; degrees are rounded to a multiple of 90.
    init(clockwiseDegrees degrees: Int) {
        switch (((degrees + 45) % 360 + 360) % 360) / 90 {
        case 1: (transposes, flipsHorizontally) = (true, true)
        case 2: (flipsHorizontally, flipsVertically) = (true, true)
        case 3: (transposes, flipsVertically) = (true, true)
        default: break
        }
    }

    /// The turn without a mirror image, clockwise, in degrees.
    var clockwiseDegrees: Int {
        switch (transposes, flipsHorizontally, flipsVertically) {
        case (false, _, false): return 0
        case (false, _, true): return 180
        case (true, true, _): return 90
        case (true, false, _): return 270
        }
    }

    var isIdentity: Bool { self == Orientation(clockwiseDegrees: 0) }

    /// Writes the display matrix in 16.16 fixed point, its last column in 2.30.
    func write(to matrix: UnsafeMutablePointer<Int32>) {
        let one: Int32 = 1 << 16
        for place in 0..<9 { matrix[place] = 0 }
        matrix[transposes ? 3 : 0] = flipsHorizontally ? -one : one
        matrix[transposes ? 1 : 4] = flipsVertically ? -one : one
        matrix[8] = 1 << 30
    }

    /// Copies RGB pixels in display orientation.
    ///
    /// - Parameters:
    ///   - source: stored pixels, `rowBytes` apart by row.
    ///   - width: width as displayed.
    ///   - height: height as displayed.
    ///   - target: receives `height * width * 3` values.
    func copy(
        _ source: UnsafePointer<UInt8>, rowBytes: Int, width: Int, height: Int, to target: UnsafeMutablePointer<UInt8>
    ) {
        if isIdentity {
            for row in 0..<height {
                (target + row * width * 3).update(from: source + row * rowBytes, count: width * 3)
            }
            return
        }
        var written = target
        for row in 0..<height {
            let across = flipsVertically ? height - 1 - row : row
            for column in 0..<width {
                let along = flipsHorizontally ? width - 1 - column : column
                let pixel = transposes ? source + along * rowBytes + across * 3 : source + across * rowBytes + along * 3
                written[0] = pixel[0]
                written[1] = pixel[1]
                written[2] = pixel[2]
                written += 3
            }
        }
    }
}
