import Files
import Foundation
import Tensors

/// The reference inputs and outputs in a folder beside an encoder: `inputs.safetensors`, `outputs.safetensors` with the stages of
/// each run, and `expected.json` with sizes of the runs and tolerances.
struct ReferenceCase {
    /// One run of the model.
    struct Run {
        var name: String
        /// Items, frames, rows and columns of the input that it takes.
        var batch: Int
        var frames: Int
        var height: Int
        var width: Int
        /// The tolerance of each stage.
        var tolerances: [String: Double]
    }

    let outputs: SafetensorsFile
    let inputs: SafetensorsFile
    /// The runs of frames, by name, the probe of epsilons last.
    let runs: [Run]
    /// The tolerances of the text tower's stages.
    let textTolerances: [String: Double]
    /// Difference that is allowed for each unit of the value, beside the tolerance.
    let relative: Double
    /// For stages of which the file says nothing.
    let largestTolerance: Double
    /// What bfloat16 changed at the reference: the largest difference of some stages of the first run.
    let bfloat16: [String: Double]
    /// The run that ``bfloat16`` is about: the one with the most stages.
    var firstRun: String? {
        runs.filter { $0.name != "eps_probe" }.max { $0.tolerances.count < $1.tolerances.count }?.name
    }
    private let layout: String
    private let path: String

    init(folder: String) throws {
        func file(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }
        path = file("expected.json")
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.missing(path: path) }
        guard let root = try? JSONDecoder().decode(JSON.self, from: data), let runs = root["runs"]?.members else {
            throw FileError.malformed(path: path, problem: "says nothing of runs; expected {\"runs\": {NAME: …}}")
        }
        outputs = try SafetensorsFile(path: file("outputs.safetensors"))
        inputs = try SafetensorsFile(path: file("inputs.safetensors"))
        relative = root["tolerance_rel"]?.number ?? 1e-4
        largestTolerance = root["largest_tolerance_abs"]?.number ?? 2e-5
        layout = root["reference"]?["layout"]?.string ?? ""
        func tolerances(_ run: JSON?) -> [String: Double] {
            (run?["stages"]?.members ?? [:]).compactMapValues { $0["tolerance_abs"]?.number }
        }
        let malformed = FileError.malformed(path: path, problem: "has a run without batch, frames, height and width")
        self.runs = try runs.map { name, run in
            guard let input = run["input"], let batch = input["batch"]?.integer, let frames = input["frames"]?.integer,
                let height = input["height"]?.integer, let width = input["width"]?.integer, batch > 0, frames > 0
            else { throw malformed }
            return Run(
                name: name, batch: batch, frames: frames, height: height, width: width, tolerances: tolerances(run))
        }.sorted { ($0.name == "eps_probe" ? 1 : 0, $0.name) < ($1.name == "eps_probe" ? 1 : 0, $1.name) }
        textTolerances = tolerances(root["text"]?["runs"]?["text"])
        bfloat16 = (root["bfloat16_autocast"]?.members ?? [:]).compactMapValues { $0["max_abs"]?.number }
    }

    /// The stages that the file of outputs has of a run.
    func stages(of run: String) -> [String] {
        outputs.names.filter { $0.hasPrefix(run + "/") }.map { String($0.dropFirst(run.count + 1)) }
    }

    /// The frames of each item of a run: `[frames, height, width, 3]`.
    ///
    /// In `eps_probe` a patch is written into the input of the run of the same size.
    func pixels(of run: Run) throws -> [Tensor] {
        let name = inputs.names.first { $0.hasPrefix("pixel_values") } ?? "pixel_values"
        let all = try inputs.tensor(named: name)
        let order: [Int]
        switch all.rank {
        case 4: order = [0, 2, 3, 1]
        case 5 where layout.contains("T, C, H, W"): order = [0, 1, 3, 4, 2]
        case 5: order = [0, 2, 3, 4, 1]
        default: throw unusable("'\(name)' has shape \(all.shape)")
        }
        var pixels = all.transposed(order)
        if all.rank == 4 { pixels = pixels.reshaped([all.shape[0], 1] + pixels.shape[1...]) }
        guard pixels.shape[4] == 3, run.batch <= pixels.shape[0], run.frames <= pixels.shape[1],
            run.height <= pixels.shape[2], run.width <= pixels.shape[3], run.height > 0, run.width > 0
        else { throw unusable("run '\(run.name)' takes more than '\(name)' \(all.shape) has") }
        pixels = pixels.slice(axis: 0, 0..<run.batch).slice(axis: 1, 0..<run.frames)
            .slice(axis: 2, 0..<run.height).slice(axis: 3, 0..<run.width)
        if run.name == "eps_probe" { try write(patch: "eps_probe", into: &pixels) }
        return (0..<run.batch).map { pixels.slice(axis: 0, $0..<$0 + 1).reshaped(Array(pixels.shape[1...])) }
    }

    private func write(patch name: String, into pixels: inout Tensor) throws {
        let patch = try inputs.tensor(named: name + "/patch"), place = try inputs.integers(named: name + "/at")
        guard patch.rank == 4, patch.shape[0] == 3, place.count == 3 else {
            throw unusable("'\(name)/patch' is no patch [3, frames, rows, columns]")
        }
        let (times, rows, columns) = (patch.shape[1], patch.shape[2], patch.shape[3])
        let shape = pixels.shape
        let origin = [place[0] * times, place[1] * rows, place[2] * columns]
        guard zip(zip(origin, [times, rows, columns]), shape[1...3]).allSatisfy({ $0.0 >= 0 && $0.0 + $0.1 <= $1 })
        else { throw unusable("'\(name)/at' lies outside the frames") }
        pixels.withMutableElements { pixels in
            patch.withElements { patch in
                for channel in 0..<3 {
                    for time in 0..<times {
                        for row in 0..<rows {
                            for column in 0..<columns {
                                let frame = origin[0] + time, line = origin[1] + row, place = origin[2] + column
                                pixels[((frame * shape[2] + line) * shape[3] + place) * 3 + channel] =
                                    patch[((channel * times + time) * rows + row) * columns + column]
                            }
                        }
                    }
                }
            }
        }
    }

    private func unusable(_ problem: String) -> FileError { .malformed(path: path, problem: problem) }
}
