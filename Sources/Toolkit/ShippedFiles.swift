import Encoders
public import Files
public import Foundation

/// The configurations and models that come with the toolkit, found by name from any folder.
///
/// A folder of them holds `configs/encoders`, `configs/heads`, `configs/pretrain` and `models`.
public struct ShippedFiles: Sendable {
    /// What a name stands for.
    public enum Kind: String, Sendable, CaseIterable {
        /// A model with trained weights, or the configuration of an encoder.
        case encoder
        /// The configuration of a head and its training.
        case head
        /// The configuration of a pre-training.
        case pretraining

        /// What a person calls it.
        var noun: String {
            switch self {
            case .encoder: "encoder"
            case .head: "configuration of a head"
            case .pretraining: "configuration of a pre-training"
            }
        }

        /// The folders of its files, the preferred one first, and what follows the name there.
        fileprivate var layouts: [(folder: String, suffix: String)] {
            switch self {
            // A model's folder holds weights too.
            case .encoder: [("models", "/encoder.yaml"), ("configs/encoders", ".yaml")]
            case .head: [("configs/heads", ".yaml")]
            case .pretraining: [("configs/pretrain", ".yaml")]
            }
        }
    }

    /// Where to look, in this order.
    public var folders: [String]

    public init(folders: [String]) { self.folders = folders }

    /// Those of an installed or unpacked program: `../share/tal` from its own folder, its own folder, the checkout that it was built
    /// in, the working folder.
    ///
    /// - Parameters:
    ///   - executable: the path of the program; links to it are followed.
    ///   - workingFolder: where a checkout of the sources may be.
    public init(executable: URL?, workingFolder: String) {
        let own = executable?.resolvingSymlinksInPath().deletingLastPathComponent()
        folders = [
            own?.deletingLastPathComponent().appendingPathComponent("share/tal").path, own?.path,
            own.flatMap(Self.checkout), workingFolder,
        ].compactMap { $0 }
    }

    /// The folder of the sources, where a program lies in their build folder: `CHECKOUT/.build/…`.
    private static func checkout(ofProgramIn folder: URL) -> String? {
        guard let build = folder.pathComponents.lastIndex(of: ".build"), build > 0 else { return nil }
        return NSString.path(withComponents: Array(folder.pathComponents[..<build]))
    }

    /// Those of this program.
    public static var standard: ShippedFiles {
        ShippedFiles(
            executable: Bundle.main.executableURL, workingFolder: FileManager.default.currentDirectoryPath)
    }

    /// The names there are, sorted.
    public func names(of kind: Kind) -> [String] {
        var names: Set<String> = []
        for folder in folders {
            for layout in kind.layouts {
                let place = "\(folder)/\(layout.folder)"
                for entry in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] {
                    let name = entry.hasSuffix(".yaml") ? String(entry.dropLast(5)) : entry
                    if FileManager.default.fileExists(atPath: "\(place)/\(name)\(layout.suffix)") { names.insert(name) }
                }
            }
        }
        return names.sorted()
    }

    /// The file that comes with the toolkit under a name; nil where there is none.
    public func path(of name: String, as kind: Kind) -> String? {
        for folder in folders {
            for layout in kind.layouts {
                let path = "\(folder)/\(layout.folder)/\(name)\(layout.suffix)"
                if FileManager.default.fileExists(atPath: path) { return path }
            }
        }
        return nil
    }

    /// The file that comes with the toolkit under a name.
    ///
    /// - Parameters:
    ///   - name: without `.yaml`.
    ///   - kind: what it names.
    /// - Throws: ``ToolkitError/unknownName(_:noun:known:)`` where there is none, ``ToolkitError/nothingShipped(_:noun:folders:)`` where there
    ///   are none at all.
    public func shipped(_ name: String, as kind: Kind) throws(ToolkitError) -> String {
        if let path = path(of: name, as: kind) { return path }
        throw unknown(name, as: kind)
    }

    private func unknown(_ name: String, as kind: Kind, otherNames: [String] = []) -> ToolkitError {
        Kind.allCases.allSatisfy { names(of: $0).isEmpty }
            ? .nothingShipped(name, noun: kind.noun, folders: folders)
            : .unknownName(name, noun: kind.noun, known: names(of: kind) + otherNames)
    }

    /// The file that a person means: their own where it exists, else the one that comes with the toolkit.
    ///
    /// - Parameters:
    ///   - given: a path, or a name with or without `.yaml`.
    ///   - kind: what it names.
    ///   - otherNames: names of the same kind that need no file; they are given back as they are.
    /// - Returns: the path, and a notice where a file of the user has the name of one that comes with the toolkit.
    /// - Throws: as ``shipped(_:as:)``. A path that does not exist is left to who reads it.
    public func resolve(
        _ given: String, as kind: Kind, otherNames: [String] = []
    ) throws -> (path: String, notice: Notice?) {
        let isPath = given.isEmpty || given.contains("/")
        let name = given.hasSuffix(".yaml") ? String(given.dropLast(5)) : given
        let shipped = isPath ? nil : path(of: name, as: kind)
        let isOwn: Bool
        switch PathKind(given) {
        case .missing: isOwn = false
        case .file: isOwn = true
        case .folder:
            // Published encoders are folders; configurations never are. A folder of anything else may be called as an encoder is.
            let isKnown = shipped != nil || otherNames.contains(given)
            isOwn = isPath || kind == .encoder && (!isKnown || EncoderFolder.holdsWeights(given))
        }
        if isOwn {
            return (given, shipped.map { _ in Self.shadowing(given, noun: kind.noun) })
        }
        if let shipped { return (shipped, nil) }
        if isPath || given.hasSuffix(".yaml") || otherNames.contains(given) { return (given, nil) }
        throw unknown(given, as: kind, otherNames: otherNames)
    }

    /// As ``resolve(_:as:otherNames:)``, with the notice sent.
    func resolve(
        _ given: String, as kind: Kind, otherNames: [String] = [], _ events: JobEvents
    ) throws -> String {
        let (path, notice) = try resolve(given, as: kind, otherNames: otherNames)
        if let notice { events.notice(notice) }
        return path
    }

    private static func shadowing(_ name: String, noun: String) -> Notice {
        Notice("own-file", "'\(name)' in this folder is used, not the \(noun) of that name that comes with tal")
    }
}
