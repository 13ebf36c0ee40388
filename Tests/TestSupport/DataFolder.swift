public import Foundation

/// Where the files of published data sets are, under the same names in both: invented ones travel with the repository, real ones are
/// in the shared folder.
public enum DataFolder: String, CaseIterable, Sendable {
    case invented, real

    /// Those that are there, for the arguments of a test.
    public static let present: [DataFolder] = SharedData.isPresent ? [.invented, .real] : [.invented]

    /// A file or folder in it, such as `annotations/thumos14/thumos14.json.gz`.
    public func url(_ path: String) -> URL {
        self == .real ? SharedData.url("data/\(path)") : Fixture.url("data/\(path)")
    }

    /// What is expected of the files of this folder.
    public func value<Value>(real: Value, invented: Value) -> Value { self == .real ? real : invented }

    /// The numbers that are expected of the files of this folder.
    public func counts(real: [Int], invented: [Int]) -> [Int] { value(real: real, invented: invented) }
}
