internal import CFFmpeg

/// Looks into packets of H.264 as far as the first part of a picture.
struct H264Packets {
    /// What a packet is to the packets after it.
    struct Role: Hashable {
        /// Decoding can restart here: no frame from here on, in the order of decoding, depends on one before or appears
        /// before one (ITU-T H.264, "IDR picture"). A key frame need not be one.
        var isRefresh = false
        /// Later packets may need what this one says of the coding.
        var setsParameters = false
    }

    /// Bytes of the length before each unit; nil where units begin with the bytes 0, 0, 1.
    private let lengthBytes: Int?

    /// - Parameter parameters: of an H.264 stream.
    init(_ parameters: AVCodecParameters) {
        // AVCDecoderConfigurationRecord of ISO/IEC 14496-15: version 1, and in the fifth byte the length of lengths.
        let extra = UnsafeBufferPointer(start: parameters.extradata, count: Int(parameters.extradata_size))
        self.init(extraData: extra)
    }

    init(extraData: UnsafeBufferPointer<UInt8>) {
        lengthBytes = extraData.count >= 7 && extraData[0] == 1 ? Int(extraData[4] & 3) + 1 : nil
    }

    func role(of packet: UnsafePointer<AVPacket>) -> Role {
        let bytes = UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
        var role = role(of: bytes)
        if packet.pointee.side_data_elems > 0 { role.setsParameters = true }
        return role
    }

    func role(of bytes: UnsafeBufferPointer<UInt8>) -> Role {
        var role = Role()
        var place = 0
        // Types by table 7-1 of ITU-T H.264.
        while let unit = nextUnit(of: bytes, from: place) {
            switch bytes[unit.start] & 31 {
            case 5:
                role.isRefresh = true
                return role
            case 1...4:
                return role
            case 7, 8, 13, 15:
                role.setsParameters = true
            default:
                break
            }
            place = unit.end
        }
        return role
    }

    /// The place of the next unit's first byte, and where to look for the one after it.
    private func nextUnit(of bytes: UnsafeBufferPointer<UInt8>, from place: Int) -> (start: Int, end: Int)? {
        if let lengthBytes {
            let start = place + lengthBytes
            guard start < bytes.count else { return nil }
            let length = bytes[place..<start].reduce(0) { $0 << 8 | Int($1) }
            return length > 0 ? (start, start + length) : nil
        }
        var start = place + 3
        while start < bytes.count {
            if bytes[start - 3] == 0, bytes[start - 2] == 0, bytes[start - 1] == 1 { return (start, start) }
            start += 1
        }
        return nil
    }
}
