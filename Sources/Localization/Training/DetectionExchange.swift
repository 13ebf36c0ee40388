import Annotations
import Foundation
import Networks
import Threads

/// Gives all ranks the detections that each of them made of some of the videos.
struct DetectionExchange {
    private let ranks: any Communicator

    init(_ ranks: any Communicator) { self.ranks = ranks }

    /// The detections of all videos in their order.
    ///
    /// - Parameter own: of each video; empty for those of other ranks.
    /// - Throws: what a result holds, `WorkInterrupted` where that ended the work of some rank, or an error of the communicator.
    func join(_ own: [Result<[Detection], any Error>]) throws -> [Detection] {
        var found: [[Detection]] = [], isInterrupted = false
        do {
            found = try own.map { try $0.get() }
        } catch is WorkInterrupted {
            isInterrupted = true
        }
        guard try !ranks.any(isInterrupted) else { throw WorkInterrupted() }
        let all = try ranks.gather(Self.bytes(found)).map { try Self.detections($0) }
        // A video has detections of one rank at most.
        return own.indices.flatMap { video in all.flatMap { $0[video] } }
    }

    /// Names once, as JSON, behind their length; then for each video how many detections it has, and for each of those two names and
    /// three numbers.
    static func bytes(_ found: [[Detection]]) throws -> [UInt8] {
        var names: [String] = [], places: [String: UInt64] = [:]
        func place(_ name: String) -> UInt64 {
            if let place = places[name] { return place }
            let place = UInt64(names.count)
            names.append(name)
            places[name] = place
            return place
        }
        var words: [UInt64] = []
        for detections in found {
            words.append(UInt64(detections.count))
            for one in detections {
                words += [place(one.video), place(one.label)]
                words += [one.segment.start, one.segment.end, one.score].map(\.bitPattern)
            }
        }
        let text = try JSONEncoder().encode(names)
        return withUnsafeBytes(of: UInt64(text.count), Array.init) + Array(text) + words.withUnsafeBytes(Array.init)
    }

    /// The reverse of ``bytes(_:)``.
    static func detections(_ bytes: [UInt8]) throws -> [[Detection]] {
        let size = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        let names = try JSONDecoder().decode([String].self, from: Data(bytes[8..<8 + size]))
        let words = bytes.withUnsafeBytes { bytes in
            stride(from: 8 + size, to: bytes.count, by: 8).map {
                bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)
            }
        }
        var results: [[Detection]] = [], next = 0
        func number(_ place: Int) -> Double { Double(bitPattern: words[place]) }
        while next < words.count {
            let count = Int(words[next])
            results.append(
                (0..<count).map { index in
                    let first = next + 1 + 5 * index
                    return Detection(
                        video: names[Int(words[first])], label: names[Int(words[first + 1])],
                        segment: Segment(start: number(first + 2), end: number(first + 3)), score: number(first + 4))
                })
            next += 1 + 5 * count
        }
        return results
    }
}
