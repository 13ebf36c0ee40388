import Files
import Foundation
import ShapeWorld
import Video

/// The files in the folder of a demo.
public struct DemoFiles: Hashable, Sendable {
    /// The folder.
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The subset that the reported figures are of.
    static let subset = "test"

    func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

    /// The folder of the generated videos.
    public var videos: String { file("videos") }
    /// What happens in them (ActivityNet JSON); written when all videos are there.
    public var annotations: String { file("annotations.json") }
    /// The feature store of an encoder.
    public func features(of method: DemoMethod) -> String { file("\(method.rawValue).h5") }
    /// The run folder of a head.
    public func run(of method: DemoMethod, seed: UInt64) -> String { file("run-\(method.rawValue)-\(seed)") }
    /// What a head found in the test videos (ActivityNet results JSON).
    public func detections(of method: DemoMethod, seed: UInt64) -> String {
        file("\(method.rawValue)-\(seed).detections.json")
    }
    /// How good that is (JSON).
    public func result(of method: DemoMethod, seed: UInt64) -> String {
        file("\(method.rawValue)-\(seed).result.json")
    }
    /// The same as a table.
    public func table(of method: DemoMethod, seed: UInt64) -> String { file("\(method.rawValue)-\(seed).txt") }
    /// Marks the folder as one of a demo, and says which.
    private var record: String { file(".tal-demo") }

    /// Makes the folder, or goes on with that of the same demo.
    ///
    /// - Parameter replaces: whether the content of a folder of another demo is removed.
    /// - Returns: the right to write there.
    /// - Throws: ``ToolkitError/otherDemo(folder:problem:)`` or `FileError`.
    func open(_ wanted: DemoRecord, replaces: Bool) throws -> FolderLock {
        try DurableFile.makeFolders(path)
        let present = try content()
        let isDemo = FileManager.default.fileExists(atPath: record)
        guard isDemo || present.isEmpty else {
            throw ToolkitError.otherDemo(folder: path, problem: "holds files and is no folder of a demo")
        }
        let lock = try FolderLock(folder: path)
        if isDemo, try replaces || DemoRecord(contentsOf: record) != wanted {
            guard replaces else {
                throw ToolkitError.otherDemo(
                    folder: path, problem: "holds a demo with other settings or of another version")
            }
            for name in present where name != "lock" && file(name) != record {
                do {
                    try FileManager.default.removeItem(atPath: file(name))
                } catch {
                    throw FileError.unwritable(path: file(name), reason: error.localizedDescription)
                }
            }
        }
        try JSONFile.write(wanted, to: record)
        return lock
    }

    private func content() throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }
}

/// What the stages of a demo depend on: a folder with another record is not continued.
struct DemoRecord: Codable, Equatable {
    var version = ToolkitVersion.current
    var difficulty: Difficulty
    var videos: [Int]
    var seconds: Double
    var size: Int
    var framesPerSecond: Double
    var seed: UInt64
    var head: String
    var assignments: [String]

    init(world: DemoDataset, assignments: [String], head: String) {
        difficulty = world.difficulty
        videos = [world.trainingCount, world.validationCount, world.testCount, world.heldOutCount]
        seconds = world.seconds
        size = world.size
        framesPerSecond = world.frameRate.framesPerSecond
        seed = world.seed
        self.head = head
        self.assignments = assignments
    }

    /// The record of a folder; nil where it has none that can be read, as those of version 0.1.
    init?(contentsOf path: String) throws(FileError) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = try TextFile.read(path)
        guard let record = try? decoder.decode(DemoRecord.self, from: Data(text.utf8)) else { return nil }
        self = record
    }
}
