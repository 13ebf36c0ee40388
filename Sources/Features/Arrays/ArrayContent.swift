/// An HDF5 file of others, read through the HDF5 library in this process: a data set for each video, or a group for each video
/// with a data set in it (ActivityNet's C3D features), at the root or in the one group there. Belongs to one thread.
final class ArrayContent {
    /// The names of the arrays, sorted.
    let names: [String]
    /// What the file is, for people.
    let kind: String
    /// Links that are not followed, because they lead to another file or place.
    let leftOut: [String]
    private let parent: HDF5Group
    private let areGroups: Bool

    /// - Throws: ``HDF5Failure`` where the file has no arrays in such places.
    init(_ root: HDF5Group) throws {
        var group = root, links = try root.names()
        // One group that holds others, or many arrays, is a level around the videos.
        if links.count == 1, group.kind(of: links[0]) == .group {
            let inner = try group.group(links[0]), below = try inner.names()
            if below.count > 1 || below.first.map({ inner.kind(of: $0) == .group }) == true {
                (group, links) = (inner, below)
            }
        }
        let kinds = links.map { group.kind(of: $0) }
        let datasets = zip(links, kinds).filter { $0.1 == .dataset }.map(\.0)
        let groups = zip(links, kinds).filter { $0.1 == .group }.map(\.0)
        leftOut = zip(links, kinds).filter { $0.1 == .other }.map(\.0)
        guard !datasets.isEmpty || !groups.isEmpty else {
            throw HDF5Failure(
                reason:
                    "it is neither a feature store, which has the group 'videos' and 'format_version', nor has it a data "
                    + "set or a group for each video")
        }
        parent = group
        areGroups = datasets.isEmpty
        names = (areGroups ? groups : datasets).sorted()
        kind = areGroups ? "HDF5 file with a group for each video" : "HDF5 file with a data set for each video"
    }

    /// The data set of a video.
    ///
    /// - Throws: ``HDF5Failure``.
    func dataset(_ name: String) throws -> HDF5Dataset {
        guard areGroups else { return try parent.dataset(name) }
        let group = try parent.group(name)
        let datasets = try group.names().filter { group.kind(of: $0) == .dataset }
        if let only = datasets.first, datasets.count == 1 { return try group.dataset(only) }
        if let usual = ArrayFormat.usualNames.first(where: datasets.contains) { return try group.dataset(usual) }
        throw HDF5Failure(
            reason: datasets.isEmpty
                ? "its group has no data set"
                : "its group has \(datasets.count) data sets (\(datasets.prefix(4).joined(separator: ", "))) and none is called "
                    + "'features'")
    }
}
