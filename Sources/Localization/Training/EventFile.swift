import Files
import Foundation
import Networks

/// A file of scalars that TensorBoard opens.
///
/// It is a sequence of TFRecords (length, masked CRC-32C of the length, data, masked CRC-32C of the data), each an `Event`
/// message in the protocol buffer encoding of `tensorflow/core/util/event.proto`.
struct EventFile {
    let run: RunFolder

    var path: String { run.events }

    /// Replaces the file by one with the epochs of a run so far.
    func begin(_ epochs: [TrainingLog.Epoch]) throws {
        var data = Self.record(Self.versionEvent(time: Date().timeIntervalSince1970))
        for epoch in epochs { data += Self.records(of: epoch) }
        try run.write(data, to: path)
    }

    func append(_ epoch: TrainingLog.Epoch) throws {
        try DurableFile.append(Self.records(of: epoch), to: path)
    }

    /// The numbers of an epoch, with the epoch as the step.
    private static func records(of epoch: TrainingLog.Epoch) -> Data {
        var values = [
            ("loss/total", epoch.loss), ("training/learning_rate", epoch.learningRate),
            ("training/gradient_norm", epoch.gradientNorm), ("training/seconds", epoch.seconds),
        ]
        values += epoch.terms.sorted { $0.key < $1.key }.map { ("loss/\($0.key)", $0.value) }
        if let map = epoch.averageMAP { values.append(("validation/average_map", map)) }
        return record(event(time: Date().timeIntervalSince1970, step: epoch.epoch, scalars: values))
    }

    // MARK: - Messages

    static func versionEvent(time: Double) -> Data {
        field(1, fixed: time.bitPattern) + field(3, bytes: Data("brain.Event:2".utf8))
    }

    static func event(time: Double, step: Int, scalars: [(tag: String, value: Double)]) -> Data {
        var summary = Data()
        for (tag, value) in scalars {
            summary += field(1, bytes: field(1, bytes: Data(tag.utf8)) + field(2, fixed: Float(value).bitPattern))
        }
        return field(1, fixed: time.bitPattern) + field(2, varint: UInt64(step)) + field(5, bytes: summary)
    }

    /// A field of eight bytes has wire type 1, of four bytes 5.
    private static func field<Value: FixedWidthInteger>(_ number: UInt64, fixed value: Value) -> Data {
        varint(number << 3 | (Value.bitWidth == 64 ? 1 : 5)) + bytes(value)
    }

    private static func field(_ number: UInt64, varint value: UInt64) -> Data { varint(number << 3) + varint(value) }

    private static func field(_ number: UInt64, bytes: Data) -> Data {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ value: UInt64) -> Data {
        var data = Data(), rest = value
        while rest >= 0x80 {
            data.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        data.append(UInt8(rest))
        return data
    }

    private static func bytes(_ value: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }

    // MARK: - Records

    static func record(_ message: Data) -> Data {
        let length = bytes(UInt64(message.count))
        return length + bytes(maskedChecksum(length)) + message + bytes(maskedChecksum(message))
    }

    /// The mask keeps checksums of data that holds checksums apart.
    static func maskedChecksum(_ data: Data) -> UInt32 {
        let checksum = checksum(data)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }

    /// CRC-32C (Castagnoli).
    static func checksum(_ data: Data) -> UInt32 {
        ~data.reduce(~0 as UInt32) { checksum, byte in
            table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)] ^ checksum >> 8
        }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }
}
