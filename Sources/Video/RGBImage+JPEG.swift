internal import CFFmpeg
import Files
package import Foundation

extension RGBImage {
    /// The picture as a JPEG file, scaled to a height with its shape kept.
    ///
    /// - Parameters:
    ///   - height: of the result, in pixels, even.
    ///   - quality: the quantiser, from 1 (best) to 31.
    ///   - path: what the picture was taken from, for errors.
    /// - Throws: `FileError`.
    package func jpegData(height targetHeight: Int, quality: Int = 5, of path: String) throws -> Data {
        try FFmpeg.load()
        func check(_ code: Int32, _ step: String) throws {
            guard code < 0 else { return }
            throw FileError.malformed(
                path: path, problem: "no picture could be made (\(step): \(FFmpeg.text(of: code)))")
        }
        let targetWidth = max(2, (width * targetHeight / max(1, height) + 1) / 2 * 2)
        var codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG).flatMap { avcodec_alloc_context3($0) }
        defer { avcodec_free_context(&codec) }
        guard let context = codec, targetHeight > 0, targetWidth <= 16_384 else {
            throw FileError.malformed(
                path: path, problem: "no picture of \(targetWidth)x\(targetHeight) pixels could be made by this FFmpeg")
        }
        context.pointee.width = Int32(targetWidth)
        context.pointee.height = Int32(targetHeight)
        context.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
        context.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointee.time_base = AVRational(num: 1, den: 1)
        context.pointee.thread_count = 1
        context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT))
        context.pointee.global_quality = Int32(FF_QP2LAMBDA) * Int32(min(31, max(1, quality)))
        try check(avcodec_open2(context, nil, nil), "opening the encoder")

        let frame = try FramePointer(path: path)
        frame.pointer.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
        frame.pointer.pointee.width = Int32(targetWidth)
        frame.pointer.pointee.height = Int32(targetHeight)
        frame.pointer.pointee.color_range = AVCOL_RANGE_JPEG
        frame.pointer.pointee.quality = context.pointee.global_quality
        frame.pointer.pointee.pts = 0
        try check(av_frame_get_buffer(frame.pointer, 0), "frame")
        let scaler = sws_getContext(
            Int32(width), Int32(height), AV_PIX_FMT_RGB24, Int32(targetWidth), Int32(targetHeight),
            AV_PIX_FMT_YUVJ420P, SWS_AREA | SWS_ACCURATE_RND, nil, nil, nil)
        defer { sws_freeContext(scaler) }
        // The scaler reads a few bytes past the end of its input.
        let input = pixels + [UInt8](repeating: 0, count: 64)
        let rows = input.withUnsafeBufferPointer {
            ffFill(scaler, $0.baseAddress, Int32(width * 3), Int32(height), frame.pointer)
        }
        guard scaler != nil, rows > 0 else {
            throw FileError.malformed(path: path, problem: "its picture could not be scaled")
        }
        let packet = try PacketPointer(path: path)
        try check(avcodec_send_frame(context, frame.pointer), "encoding")
        try check(avcodec_send_frame(context, nil), "encoding")
        try check(avcodec_receive_packet(context, packet.pointer), "encoding")
        guard let bytes = packet.pointer.pointee.data else {
            throw FileError.malformed(path: path, problem: "its picture could not be encoded")
        }
        return Data(bytes: bytes, count: Int(packet.pointer.pointee.size))
    }
}
