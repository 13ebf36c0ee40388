import CFFmpeg

/// Small helpers around libav.
enum FFmpeg {
    /// Silences libav's own messages, once; errors reach the user as ``VideoError`` and ``VideoWarning``.
    static let silence: Void = ffSilence()

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
