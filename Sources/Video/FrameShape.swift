/// The size frames are brought to, and how.
public struct FrameShape: Hashable, Codable, Sendable {
    /// How a frame that is not square becomes square.
    public enum Fit: String, Hashable, Codable, Sendable, CaseIterable {
        /// The shorter side is scaled, the middle is kept.
        case crop
        /// Both sides are scaled; the picture is distorted, nothing is lost.
        case squash
    }

    /// How pixels in between are computed. All of them average over the covered area when a picture shrinks.
    public enum Interpolation: String, Hashable, Codable, Sendable, CaseIterable {
        case bilinear
        case bicubic
        case area
    }

    /// Width and height of the result, in pixels; nil keeps the size of the video.
    public var size: Int?
    public var fit: Fit
    /// For ``Fit/crop``, the length the shorter side is scaled to before the middle `size` pixels are cut out; `size`
    /// where nil.
    public var shorterSide: Int?
    public var interpolation: Interpolation

    public init(size: Int, fit: Fit = .crop, shorterSide: Int? = nil, interpolation: Interpolation = .bilinear) {
        precondition(size > 0 && size <= shorterSide ?? size, "cannot cut \(size) pixels out of \(shorterSide ?? 0)")
        self.size = size
        self.fit = fit
        self.shorterSide = shorterSide
        self.interpolation = interpolation
    }

    private init() {
        size = nil
        fit = .squash
        shorterSide = nil
        interpolation = .bilinear
    }

    /// The size of the video, as its first frame has it.
    public static let native = FrameShape()

    /// The part of a stored frame that is used, and the size it is scaled to.
    struct Plan: Hashable {
        var left: Int
        var top: Int
        var width: Int
        var height: Int
        var targetWidth: Int
        var targetHeight: Int
    }

    /// - Parameters:
    ///   - width: stored width of the frame in pixels.
    ///   - height: stored height of the frame in pixels.
    ///   - alignment: offsets are multiples of this, so that colour planes of lower resolution stay in place.
    ///   - native: stored size of the first frame, which all frames of ``native`` shape are brought to.
    func plan(width: Int, height: Int, alignment: Int, native: (width: Int, height: Int)) -> Plan {
        guard let size else {
            return Plan(
                left: 0, top: 0, width: width, height: height, targetWidth: native.width, targetHeight: native.height)
        }
        guard fit == .crop else {
            return Plan(left: 0, top: 0, width: width, height: height, targetWidth: size, targetHeight: size)
        }
        // Cutting before scaling gives the same picture and leaves less to scale.
        let share = Double(size) / Double(shorterSide ?? size)
        let side = max(1, Int((Double(min(width, height)) * share).rounded()))
        let offset = { (length: Int) in (length - side) / 2 / alignment * alignment }
        return Plan(
            left: offset(width), top: offset(height), width: side, height: side, targetWidth: size, targetHeight: size)
    }
}
