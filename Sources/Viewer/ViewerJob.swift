import Annotations
public import Files
import Foundation
import Synchronization
import Toolkit

/// Shows videos with their labels and detections in a browser, and lets a person correct the labels.
public struct ViewerJob: Sendable {
    /// Folders of videos, single videos, and folders of runs: those that hold a file of detections.
    public var inputs: [String]
    public var groundTruth: String?
    public var predictions: [String] = []
    /// Files of scores over the time (`ScoreCurveFile`). Those beside files of detections, `a.curves.h5` beside `a.json`, are shown
    /// too.
    public var curves: [String] = []
    /// The file that corrected labels are saved in; its extension names the format. Without it nothing can be changed.
    public var output: String?
    /// The port on 127.0.0.1; 0 takes a free one.
    public var port: UInt16 = 0

    public init(_ inputs: [String]) { self.inputs = inputs }

    /// The names of files of detections that make a folder a run.
    private static let runFiles = ["detections.json", "predictions.json"]

    /// Serves until the process ends.
    ///
    /// - Parameters:
    ///   - notify: gets what a person should know, before the server starts.
    ///   - ready: gets the address of the page once the server listens.
    /// - Throws: `FileError` for inputs, ``PortError`` where the port cannot be had.
    public func run(notify: (Notice) -> Void, ready: @escaping @Sendable (String) -> Void) throws {
        ScratchFile.removeLeftovers(of: PlayableCopies.name)
        let server = ViewerServer(session: try session(notify))
        let (box, done, port) = (ResultBox(), DispatchSemaphore(value: 0), port)
        Task.detached {
            do { try await server.run(port: port, ready: ready) } catch { box.error.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = box.error.withLock({ $0 }) { throw PortError(port: port, reason: error.localizedDescription) }
    }

    func session(_ notify: (Notice) -> Void) throws -> ViewerSession {
        var predictions = predictions
        for input in inputs {
            for name in Self.runFiles {
                let path = (input as NSString).appendingPathComponent(name)
                if FileManager.default.fileExists(atPath: path), !predictions.contains(path) {
                    predictions.append(path)
                }
            }
        }
        let library = VideoLibrary(inputs)
        for notice in library.notices { notify(notice) }
        guard !library.items.isEmpty else {
            throw FileError.malformed(
                path: inputs.joined(separator: ", "), problem: "no video is there; expected a folder of videos")
        }
        let truth = try groundTruth.map { try AnnotationSet.reading([$0]) }
        let runs = try DetectionRuns(predictions)
        let curves = try CurveTracks(
            curves, beside: predictions, shown: library.items.map(\.id), notify: notify)
        let output = try output.map { path throws(FileError) in try LabelOutput(path) }
        if let output, output.format.holdsOneVideo {
            let ids = Set(library.items.map(\.id) + (truth?.videos.map(\.id) ?? []))
            guard ids.count == 1 else {
                throw FileError.unwritable(
                    path: output.path,
                    reason: "\(output.format.title) holds one video a file, and there are \(ids.count)")
            }
        }
        let store = try LabelStore(truth, output: output)
        let shown = Set(library.items.map(\.id))
        if let truth, !truth.videos.isEmpty, !truth.videos.contains(where: { shown.contains($0.id) }) {
            notify(
                Notice("ground truth", "none of its videos is shown, such as '\(truth.videos[0].id)'"))
        }
        return ViewerSession(
            title: inputs.map { ($0 as NSString).lastPathComponent }.joined(separator: ", "), library: library,
            runs: runs, curves: curves, store: store, output: self.output)
    }

    private final class ResultBox: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }
}

/// The server could not start, or stopped.
public struct PortError: Error, CustomStringConvertible {
    public var port: UInt16
    public var reason: String

    public var description: String { "127.0.0.1:\(port): the server cannot listen there, or stopped: \(reason)" }
}
