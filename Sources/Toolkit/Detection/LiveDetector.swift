public import Annotations
public import Extraction
import Features
public import Files
import Foundation
import Localization
import Tensors
public import Threads
public import Video

/// Finds actions in a video while it is being recorded or sent.
///
/// The head sees overlapping windows of features, and each action is reported once: by the window in whose middle half the middle of the
/// action lies. What was reported does not change. An action that is longer than a window is not found, and results differ a little
/// from those in the whole video, since the head sees less around an action.
public struct LiveDetector: Sendable {
    /// What was read, when the video has ended.
    public struct Summary: Sendable {
        /// What the beginning of the video says.
        public var info: VideoInfo
        /// Seconds of video that were read.
        public var durationSeconds: Double
        public var warnings: [VideoWarning]
        /// Why the rest of the video is missing, where the connection to its server broke.
        public var problem: FileError?
        /// Whether it ended early because it was asked to.
        public var wasInterrupted = false
    }

    public let detector: ActionDetector
    /// Which detections are reported; the number and the order of a video's are not known while it lasts, so they are not used.
    public var selection = DetectionSelection()
    /// How long a file may stay as long as it is before the recording has ended, in seconds.
    public var patienceSeconds = usualPatienceSeconds
    /// The patience where nobody says it.
    public static let usualPatienceSeconds = 10.0

    /// - Throws: ``ToolkitError/wholeVideo`` where the head needs a video as a whole.
    public init(_ detector: ActionDetector) throws {
        guard detector.finder.detector.model.settings.window.policy != .resample else {
            throw ToolkitError.wholeVideo
        }
        self.detector = detector
    }

    /// Features in a window: as many as the head was trained on, as a multiple of 4.
    private var windowLength: Int {
        let model = detector.finder.detector.model
        return max(4, model.head.maximumLength * model.settings.window.downsampling / 4 * 4)
    }

    /// Windows that decide about their middle half.
    private var windows: SequenceWindows { SequenceWindows(length: windowLength, context: windowLength / 4) }

    /// Finds actions until the video ends.
    ///
    /// - Parameters:
    ///   - video: a file that grows (Matroska, transport stream, fragmented MP4), a pipe, or an address.
    ///   - cancellation: asks the work to end.
    ///   - started: called when the video is open, with the greatest time in seconds of video between the middle of an action and its
    ///     report, computing not included.
    ///   - found: called with each action, as soon as it is decided; by start within a window.
    /// - Throws: `VideoError`, `FileError`, `LocalizationError`, or what `found` throws.
    public func run(
        _ video: VideoInput, cancellation: CancellationFlag = CancellationFlag(),
        started: (_ latencySeconds: Double) -> Void = { _ in }, found: (Detection) throws -> Void
    ) throws -> Summary {
        let encoder = detector.extractor.encoder
        var pipeline = ClipPipeline(encoder)
        pipeline.decoderOptions.patienceSeconds = patienceSeconds
        pipeline.decoderOptions.maximumSeconds = .infinity
        let stream = try pipeline.open(video.path)
        let grid = encoder.grid(of: stream.clock)
        var windows = windows
        let spacing = grid.strideFrames / grid.framesPerSecond
        // From the first middle that a window decides about to its end, with the last feature's own length.
        started(Double(windows.length) * 3 / 4 * spacing + grid.windowFrames / grid.framesPerSecond)

        var rows: [Tensor] = [], firstRow = 0
        var recent: [Detection] = []
        func decide(_ window: SequenceWindows.Window, duration: Double?) throws {
            let features = Tensor.concatenated(
                Array(rows[(window.features.lowerBound - firstRow)..<(window.features.upperBound - firstRow)]), axis: 0)
            let offset = Double(window.features.lowerBound) * spacing
            let end = grid.seconds(at: Double(window.features.count - 1)) + grid.windowFrames / grid.framesPerSecond / 2
            let sequence = FeatureSequence(
                video: video.id, features: features, grid: grid,
                durationSeconds: duration.map { max(0, $0 - offset) } ?? end, origin: encoder.origin, path: video.path)
            var kept: [Detection] = []
            for var detection in try detector.finder.detections(in: sequence) {
                detection.segment.start += offset
                detection.segment.end += offset
                let middle = grid.position(at: (detection.segment.start + detection.segment.end) / 2)
                if window.part.contains(middle), !isReported(detection, among: recent) { kept.append(detection) }
            }
            var selection = selection
            (selection.top, selection.order) = (0, .time)
            let chosen = selection.chosen(kept)
            for detection in chosen { try found(detection) }
            // Later windows can only meet what reaches into them.
            let next = grid.seconds(at: Double(windows.first)) - grid.windowFrames / grid.framesPerSecond
            recent = (recent + chosen).filter { $0.segment.end > next }
            let gone = windows.earliest - firstRow
            if gone > 0 {
                rows.removeFirst(gone)
                firstRow += gone
            }
        }

        // Waiting for a recording to go on ends too.
        let ended = CancellationFlag()
        Thread.detachNewThread {
            while !ended.isRequested {
                if cancellation.isRequested { return stream.stop() }
                usleep(100_000)
            }
        }
        defer { ended.request() }
        while !cancellation.isRequested, let clip = try stream.next() {
            rows.append(try encoder.encode([clip]))
            while let window = windows.next(of: firstRow + rows.count) { try decide(window, duration: nil) }
        }
        let summary = stream.summary, count = firstRow + rows.count
        let reached =
            count == 0 ? 0 : grid.seconds(at: Double(count - 1)) + grid.windowFrames / grid.framesPerSecond / 2
        if let window = windows.last(of: count) { try decide(window, duration: summary?.durationSeconds) }
        guard count > 0 || cancellation.isRequested else { throw VideoError.noDecodableFrame(file: video.path) }
        return Summary(
            info: stream.info, durationSeconds: summary?.durationSeconds ?? reached, warnings: summary?.warnings ?? [],
            problem: summary.flatMap { ClipPipeline.brokenConnection(video.path, $0) },
            wasInterrupted: cancellation.isRequested)
    }

    /// Whether a window before has reported the same action: where its middle is near the border, both may hold it as theirs.
    private func isReported(_ detection: Detection, among recent: [Detection]) -> Bool {
        recent.contains { other in
            let overlap = other.segment.tIoU(with: detection.segment)
            return overlap > (selection.excludesOverlap ? 0 : 0.5)
                && (selection.excludesOverlap || other.label == detection.label)
        }
    }
}
