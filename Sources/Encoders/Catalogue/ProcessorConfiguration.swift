import Files
import Foundation

/// What Hugging Face's `preprocessor_config.json` (or `video_preprocessor_config.json`, or the part of `processor_config.json`) says
/// that an encoder was trained on.
public struct ProcessorConfiguration: Sendable {
    public let path: String
    /// What the shorter side becomes; nil where frames are stretched or nothing is said.
    var shorterSide: Int?
    /// What frames are stretched to.
    var size: (height: Int, width: Int)?
    /// Height and width of the middle that is cut out.
    var crop: (height: Int, width: Int)?
    var filter: FramePreprocessing.Filter?
    /// Red, green and blue; nil where nothing is said.
    var mean: [Double]?
    var std: [Double]?

    /// - Throws: `FileError` where there is no such file, ``EncoderError/configuration(file:problem:)`` where a value makes no sense.
    public init(path: String) throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.missing(path: path) }
        guard let whole = try? JSONDecoder().decode(JSON.self, from: data), case .object = whole else {
            throw FileError.malformed(
                path: path, problem: "is not the configuration of a processor; expected a JSON object")
        }
        let root = whole["video_processor"] ?? whole["image_processor"] ?? whole
        func says(_ key: String) -> Bool { root[key] != .bool(false) }
        let cuts = root["do_center_crop"] == .bool(true) || root["do_center_crop"] == nil && root["crop_size"] != nil
        if says("do_resize"), let value = root["size"] {
            try readSize(value, isShorterSide: cuts)
        }
        if cuts, let value = root["crop_size"] { crop = try pair("crop_size", value) }
        if says("do_resize"), let resample = root["resample"] {
            // Pillow's numbers.
            let filters: [Int: FramePreprocessing.Filter] = [1: .lanczos, 2: .bilinear, 3: .bicubic]
            guard let filter = resample.integer.flatMap({ filters[$0] }) else {
                throw problem("'resample' must be 1 (Lanczos), 2 (bilinear) or 3 (bicubic)")
            }
            self.filter = filter
        }
        if says("do_rescale"), let factor = root["rescale_factor"]?.number, abs(factor * 255 - 1) > 1e-6 {
            throw problem("'rescale_factor' is \(factor); only 1/255 is known")
        }
        if says("do_normalize") {
            mean = try root["image_mean"].map { try channels("image_mean", $0) }
            std = try root["image_std"].map { try channels("image_std", $0) }
        } else {
            (mean, std) = ([0, 0, 0], [1, 1, 1])
        }
    }

    private mutating func readSize(_ value: JSON, isShorterSide: Bool) throws {
        if let edge = value["shortest_edge"] {
            shorterSide = try whole("size.shortest_edge", edge)
        } else if value.members == nil, isShorterSide {
            // The older way to write it.
            shorterSide = try whole("size", value)
        } else {
            size = try pair("size", value)
        }
    }

    private func pair(_ key: String, _ value: JSON) throws -> (height: Int, width: Int) {
        guard value.members != nil else {
            let side = try whole(key, value)
            return (side, side)
        }
        return (
            try whole("\(key).height", value["height"] ?? .null), try whole("\(key).width", value["width"] ?? .null)
        )
    }

    private func whole(_ key: String, _ value: JSON) throws -> Int {
        guard let number = value.integer, (1...4096).contains(number) else {
            throw problem("'\(key)' must be a whole number from 1 to 4096")
        }
        return number
    }

    private func channels(_ key: String, _ value: JSON) throws -> [Double] {
        guard case .array(let values) = value, values.count == 3, values.allSatisfy({ $0.number != nil }) else {
            throw problem("'\(key)' must be three numbers")
        }
        return values.compactMap(\.number)
    }

    private func problem(_ text: String) -> EncoderError { .configuration(file: path, problem: text) }

    // MARK: - Comparison

    /// Refuses a protocol that prepares frames in another way than the encoder was trained on.
    ///
    /// Whose arithmetic resizes is not compared, since the file does not say it.
    ///
    /// - Throws: ``EncoderError/configuration(file:problem:)`` with all differences.
    public func check(_ rules: EncoderProtocol) throws {
        guard rules.checksProcessor else { return }
        let differences = differences(from: rules.preprocessing)
        guard !differences.isEmpty else { return }
        throw problem(
            "disagrees with protocol \(rules.name): \(differences.joined(separator: "; ")). Take a protocol that agrees, or one "
                + "that says 'checks_processor: false' where the difference is meant")
    }

    private func differences(from settings: FramePreprocessing) -> [String] {
        var found: [String] = []
        func compare<Value: Equatable>(_ what: String, _ ours: Value, _ theirs: Value?, _ text: (Value) -> String) {
            guard let theirs, ours != theirs else { return }
            found.append("\(what) \(text(theirs)) here, \(text(ours)) there")
        }
        let stretched = settings.shorterSide > 0 ? "shorter side to \(settings.shorterSide)" : Self.text(settings.size)
        if let shorterSide { compare("resize", stretched, "shorter side to \(shorterSide)") { $0 } }
        if let size { compare("resize", stretched, Self.text(size)) { $0 } }
        if let crop {
            let own = settings.cropSize > 0 ? Self.text((settings.cropSize, settings.cropSize)) : "none"
            compare("crop", own, Self.text(crop)) { $0 }
        }
        compare("filter", settings.filter, filter, \.rawValue)
        compare("mean", Self.rounded(settings.mean), mean.map(Self.rounded)) { "\($0)" }
        compare("std", Self.rounded(settings.std), std.map(Self.rounded)) { "\($0)" }
        return found
    }

    private static func text(_ size: (height: Int, width: Int)) -> String { "\(size.width)x\(size.height)" }

    /// To five digits: some files hold single-precision numbers written out.
    private static func rounded(_ values: [Double]) -> [Double] { values.map { ($0 * 1e5).rounded() / 1e5 } }
}

extension FramePreprocessing {
    /// What frames are stretched to.
    fileprivate var size: (height: Int, width: Int) { (height, width) }
}
