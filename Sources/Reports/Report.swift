public import Annotations
public import Evaluation
public import Files

/// What a report shows: runs of one data set, side by side where there are several.
public struct Report: Sendable {
    /// One set of detections.
    public struct Run: Sendable {
        public var name: String
        public var detections: DetectionTable
        /// What the evaluation found; nil without ground truth.
        public var result: EvaluationResult?
        public var diagnosis: Diagnosis?
        public var verdicts: Verdicts?
        /// Precision at 101 recalls from 0 to 1, for the lowest, the chosen and the highest threshold.
        var precisionCurves: [(threshold: Double, precision: [Double])] = []
    }

    /// One epoch of a training run.
    struct Epoch: Sendable, Decodable {
        var epoch: Int
        var loss: Double
        var averageMAP: Double?

        enum CodingKeys: String, CodingKey {
            case epoch, loss, averageMAP = "average_map"
        }
    }

    public var title: String
    /// When it was made.
    public var date: String
    public var runs: [Run]
    /// Every class that is shown; its index gives its colour.
    public var labels: [String]
    /// The videos that are shown, with what is known of them.
    public var videos: [AnnotatedVideo]
    /// Videos whose length is unknown and taken from their last segment.
    var guessedDurations: Set<String> = []
    /// Pictures of videos along their time, as JPEG files, by id.
    var thumbnails: [String: [[UInt8]]] = [:]
    /// What the training runs wrote of their epochs, by the name of the run.
    var training: [(run: String, epochs: [Epoch])] = []
    /// What a reader should know first.
    public var notices: [Notice] = []
    /// The files that it was made from.
    var sources: [(name: String, path: String)] = []
    /// The most predictions of a video and run that are drawn.
    var drawnLimit: Int

    /// Whether there is ground truth to compare with.
    var isJudged: Bool { runs.contains { $0.verdicts != nil } }

    /// The chart of each question, with the name of its file as a figure.
    var charts: [Chart] { ReportCharts(self).all }

    /// Writes the page: one file that needs no other and no network.
    ///
    /// - Throws: `FileError`.
    public func write(to path: String) throws {
        try AtomicFile.write(ReportPage(self).html, to: path)
    }

    /// Writes each chart as SVG and as PNG (300 dots an inch) into a folder, which is made where it is missing.
    ///
    /// - Returns: the paths.
    /// - Throws: `FileError`.
    @discardableResult
    public func writeFigures(to folder: String) throws -> [String] {
        try FigureFolder.make(folder)
        return try charts.flatMap { chart in
            try ["svg", "png"].map { ending in
                let path = "\(folder)/\(chart.name).\(ending)"
                try chart.drawing.write(to: path)
                return path
            }
        }
    }
}

/// A chart that answers a question.
struct Chart {
    /// Of its file and of its place in the page.
    var name: String
    /// Its title.
    var question: String
    /// What to know to read it.
    var explanation: String
    var drawing: SVGDrawing
    /// Whether it may be taller than the page shows at once.
    var isLong = false
}
