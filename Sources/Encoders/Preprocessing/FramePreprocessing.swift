public import Configuration
public import Video

/// How a frame becomes what an encoder was trained on, to the bit of the library that did it there.
public struct FramePreprocessing: Configurable, Hashable {
    /// Whose arithmetic resizes frames. They differ by levels of brightness, and by tens of them where only some average over
    /// what a smaller picture covers.
    public enum Library: String, Codable, Sendable, CaseIterable {
        /// Pillow up to version 12: averages, 8 bits, 22 bits of weight, columns first. Hugging Face's processors on PIL
        /// pictures, OpenAI's and open_clip's transforms.
        case pillow
        /// torchvision on 8-bit tensors: averages, 16-bit weights. Hugging Face's processors of today.
        case torchvision
        /// torchvision on 8-bit tensors by way of floating-point numbers: averages, rounded once. To the bit with the bilinear
        /// filter; with others a few of 200,000 values that lie half-way between two levels go the other way.
        case torchvisionFloat = "torchvision-float"
        /// OpenCV's bilinear: does not average. The official transforms of VideoMAE, InternVideo2 and V-JEPA 2.
        case opencv
        /// `torch.nn.functional.interpolate` on 0…1: bilinear, does not average, nothing is rounded.
        case float
    }

    /// How pixels in between are computed.
    public enum Filter: String, Codable, Sendable, CaseIterable {
        case bilinear, bicubic, lanczos
    }

    /// What becomes of a longer side that is no whole number of pixels.
    public enum LongerSide: String, Codable, Sendable, CaseIterable {
        /// The fraction is dropped: Hugging Face, torchvision, the official transforms.
        case truncated
        /// To the nearest pixel: mmcv, which mmaction2 and OpenTAD use.
        case rounded
    }

    /// Where a crop lies when the middle is half a pixel.
    public enum Crop: String, Codable, Sendable, CaseIterable {
        /// The half is dropped, as Hugging Face does.
        case floor
        /// To the even pixel, as torchvision's and the official centre crops do.
        case even
        /// At the top or left end.
        case begin
        /// At the bottom or right end.
        case end
    }

    public var library = Library.pillow
    public var filter = Filter.bilinear
    /// What the shorter side becomes; the longer one keeps the shape of the frame. 0 for `height` and `width`.
    public var shorterSide = 0
    public var longerSide = LongerSide.truncated
    /// What frames are stretched to where `shorter_side` is 0.
    public var height = 224
    public var width = 224
    /// Side of the square that is cut out after the resize; 0 for none.
    public var cropSize = 0
    public var cropOffset = Crop.floor
    /// Frames are stretched to this first, by Pillow's bilinear; 0 for not.
    public var firstHeight = 0
    public var firstWidth = 0
    /// The middle square of this fraction of the shorter side is cut out before the resize; 0 for none.
    public var firstCrop = 0.0
    /// Subtracted from red, green and blue in 0…1.
    public var mean = [0.485, 0.456, 0.406]
    /// Red, green and blue are divided by this.
    public var std = [0.229, 0.224, 0.225]

    public init() {}

    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ problem: String) throws {
            guard condition else { throw ConfigurationError.invalidValue(file: "", key: key, problem: problem) }
        }
        let sizes = [
            ("shorter_side", shorterSide), ("height", height), ("width", width), ("crop_size", cropSize),
            ("first_height", firstHeight), ("first_width", firstWidth),
        ]
        for (key, value) in sizes { try require((0...4096).contains(value), key, "must be between 0 and 4096") }
        try require(shorterSide > 0 || (height > 0 && width > 0), "height", "and width are needed without shorter_side")
        let least = shorterSide > 0 ? shorterSide : min(height, width)
        try require(cropSize <= least, "crop_size", "cannot be larger than the resized frame (\(least))")
        try require(shorterSide == 0 || cropSize > 0, "crop_size", "is needed with shorter_side, so that frames agree")
        try require((firstHeight > 0) == (firstWidth > 0), "first_width", "belongs to first_height")
        try require(firstCrop >= 0 && firstCrop <= 1, "first_crop", "must be between 0 and 1")
        try require(mean.count == 3 && mean.allSatisfy(\.isFinite), "mean", "must be three numbers")
        try require(std.count == 3 && std.allSatisfy { $0 > 0 && $0.isFinite }, "std", "must be three positive numbers")
        let isBilinear = library != .opencv && library != .float || filter == .bilinear
        try require(isBilinear, "filter", "must be bilinear for \(library.rawValue)")
    }

    /// Height and width of what comes out.
    public var outputHeight: Int { cropSize > 0 ? cropSize : height }
    public var outputWidth: Int { cropSize > 0 ? cropSize : width }

    /// The size a frame is resized to: the longer side is truncated to whole pixels.
    func resizedSize(height: Int, width: Int) -> (height: Int, width: Int) {
        guard shorterSide > 0 else { return (self.height, self.width) }
        func longer(_ long: Int, _ short: Int) -> Int {
            let exact = Double(shorterSide * long) / Double(short)
            return max(shorterSide, longerSide == .truncated ? shorterSide * long / short : Int(exact + 0.5))
        }
        return height <= width ? (shorterSide, longer(width, height)) : (longer(height, width), shorterSide)
    }

    /// The first pixel of a crop along one side.
    func offset(_ length: Int, crop: Int) -> Int {
        let spare = length - crop
        switch cropOffset {
        case .floor: return spare / 2
        case .even: return Int((Double(spare) / 2).rounded(.toNearestOrEven))
        case .begin: return 0
        case .end: return spare
        }
    }
}

extension FramePreprocessing {
    /// Whether frames stay floating-point numbers, so that the resize happens where they are normalised.
    var isFloat: Bool { library == .float }

    /// A frame as 8-bit pixels after resize and crop; the frame itself where everything is done in floating point.
    public func pixels(of frame: RGBImage) -> RGBImage {
        guard !isFloat else { return frame }
        let frame = begin(frame)
        let region = region(frame)
        switch library {
        case .opencv: return OpenCVResize.bilinear(frame, to: region)
        case .torchvisionFloat: return FloatResize.averaged(frame, to: region, filter: filter)
        case .pillow: return FixedPointResize(precision: .pillow, filter: filter).resize(frame, to: region)
        case .torchvision, .float:
            return FixedPointResize(precision: .torchvision, filter: filter).resize(frame, to: region)
        }
    }

    func begin(_ frame: RGBImage) -> RGBImage {
        var frame = frame
        if firstHeight > 0 {
            let region = ResizeRegion(height: firstHeight, width: firstWidth)
            frame = FixedPointResize(precision: .pillow, filter: .bilinear).resize(frame, to: region)
        }
        guard firstCrop > 0 else { return frame }
        let side = max(1, Int(firstCrop * Double(min(frame.height, frame.width))))
        let top = (frame.height - side + 1) / 2, left = (frame.width - side + 1) / 2
        var pixels: [UInt8] = []
        pixels.reserveCapacity(side * side * 3)
        for row in top..<top + side {
            let start = (row * frame.width + left) * 3
            pixels += frame.pixels[start..<start + side * 3]
        }
        return RGBImage(width: side, height: side, pixels: pixels)
    }

    func region(_ frame: RGBImage) -> ResizeRegion {
        let size = resizedSize(height: frame.height, width: frame.width)
        guard cropSize > 0 else { return ResizeRegion(height: size.height, width: size.width) }
        let top = offset(size.height, crop: cropSize), left = offset(size.width, crop: cropSize)
        return ResizeRegion(
            height: size.height, width: size.width, rows: top..<top + cropSize, columns: left..<left + cropSize)
    }
}

/// The size a picture is resized to, and the part of it that is wanted.
struct ResizeRegion: Hashable {
    var height: Int
    var width: Int
    var rows: Range<Int>
    var columns: Range<Int>

    init(height: Int, width: Int, rows: Range<Int>? = nil, columns: Range<Int>? = nil) {
        self.height = height
        self.width = width
        self.rows = rows ?? 0..<height
        self.columns = columns ?? 0..<width
    }
}
