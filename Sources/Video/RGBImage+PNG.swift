internal import CFFmpeg
import Files
import Foundation

extension RGBImage {
    /// Writes the picture as PNG, to a temporary name first.
    ///
    /// - Throws: `FileError`.
    public func writePNG(to path: String) throws {
        try AtomicFile.write(pngData(for: path), to: path)
    }

    private func pngData(for path: String) throws -> Data {
        try FFmpeg.load()
        func check(_ code: Int32, _ step: String) throws {
            guard code < 0 else { return }
            throw FileError.unwritable(path: path, reason: "\(step): \(FFmpeg.text(of: code))")
        }
        guard let encoder = avcodec_find_encoder(AV_CODEC_ID_PNG) else {
            throw FileError.unwritable(path: path, reason: "this FFmpeg has no PNG encoder")
        }
        var codec = avcodec_alloc_context3(encoder)
        defer { avcodec_free_context(&codec) }
        guard let context = codec, width > 0, height > 0, width <= 32_768, height <= 32_768 else {
            throw FileError.unwritable(path: path, reason: "a picture of \(width)x\(height) pixels cannot be written")
        }
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.pix_fmt = AV_PIX_FMT_RGB24
        context.pointee.time_base = AVRational(num: 1, den: 1)
        context.pointee.thread_count = 1
        try check(avcodec_open2(context, encoder, nil), "opening \(FFmpeg.string(encoder.pointee.name))")

        let frame = try FramePointer(path: path)
        frame.pointer.pointee.format = AV_PIX_FMT_RGB24.rawValue
        frame.pointer.pointee.width = Int32(width)
        frame.pointer.pointee.height = Int32(height)
        try check(av_frame_get_buffer(frame.pointer, 0), "frame")
        guard let target = frame.pointer.pointee.data.0 else {
            throw FileError.unwritable(path: path, reason: "out of memory")
        }
        let stride = Int(frame.pointer.pointee.linesize.0)
        pixels.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return }
            for row in 0..<height {
                (target + row * stride).update(from: source + row * width * 3, count: width * 3)
            }
        }
        let packet = try PacketPointer(path: path)
        try check(avcodec_send_frame(context, frame.pointer), "encoding")
        try check(avcodec_send_frame(context, nil), "encoding")
        try check(avcodec_receive_packet(context, packet.pointer), "encoding")
        guard let bytes = packet.pointer.pointee.data else {
            throw FileError.unwritable(path: path, reason: "the encoder gave no data")
        }
        return Data(bytes: bytes, count: Int(packet.pointer.pointee.size))
    }
}
