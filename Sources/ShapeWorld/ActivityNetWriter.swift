import Annotations
import Files
import Foundation

/// Writes annotations in the layout of ActivityNet: `database` → id → subset, duration, fps, annotations.
enum ActivityNetWriter {
    private struct File: Encodable {
        var version: String
        var labels: [String]
        var database: [String: Video]
    }

    private struct Video: Encodable {
        var subset: String
        var duration: Double?
        var fps: Double?
        var annotations: [Action]
    }

    private struct Action: Encodable {
        var label: String
        var segment: [Double]
    }

    static func write(_ annotations: AnnotationSet, version: String, to path: String) throws(FileError) {
        var database: [String: Video] = [:]
        for video in annotations.videos {
            database[video.id] = Video(
                subset: video.subset, duration: video.duration, fps: video.framesPerSecond,
                annotations: video.segments.map {
                    Action(label: $0.label, segment: [$0.segment.start, $0.segment.end])
                })
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            let file = File(version: version, labels: annotations.labels, database: database)
            try AtomicFile.write(encoder.encode(file), to: path)
        } catch {
            throw .unwritable(path: path, reason: (error as? FileError)?.reason ?? error.localizedDescription)
        }
    }
}
