internal import CFFmpeg

/// Small helpers around libav.
enum FFmpeg {
    /// Loads the libraries where that has not been done; to be called before anything else of FFmpeg.
    ///
    /// - Throws: ``VideoError/libraryMissing(library:reason:)``.
    static func load() throws(VideoError) {
        if let missing { throw missing }
    }

    /// Loading happens once. libav's own messages are silenced: errors reach the user as ``VideoError`` and ``VideoWarning``.
    private static let missing: VideoError? = {
        let missing = ffLoad()
        guard let library = missing.library else {
            ffSilence()
            // A header can claim tables and frames of any size. A plane of the largest frame that is decoded takes less than this.
            av_max_alloc(mostBytesAtOnce)
            return nil
        }
        let reason = withUnsafeBytes(of: missing.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return .libraryMissing(library: String(cString: library), reason: reason)
    }()

    private static let mostBytesAtOnce = 128 << 20

    /// The text of an error code.
    static func text(of code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, av_strerror(code, start, 128) == 0 else { return "error \(code)" }
            return String(cString: start)
        }
    }

    static func seconds(_ timestamp: Int64, _ base: AVRational) -> Double {
        Double(timestamp) * Double(base.num) / Double(base.den)
    }

    /// The rate a fraction stands for, where it is one.
    static func frameRate(_ fraction: AVRational) -> FrameRate? {
        guard fraction.num > 0, fraction.den > 0 else { return nil }
        return FrameRate(Int(fraction.num), Int(fraction.den))
    }

    /// A C string that lives as long as the process, as a Swift string.
    static func string(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "unknown" }
}
