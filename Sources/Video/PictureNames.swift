import Files
import Foundation

/// The pictures that make up one video: the files of a folder, in the order of their numbers.
///
/// A folder often holds several series side by side, such as `img_00001.jpg` beside `flow_x_00001.jpg`. Files belong to one
/// series when their names differ in the last number only.
package struct PictureNames: Hashable {
    /// Names of pictures end in one of these.
    package static let extensions: Set<String> = ["bmp", "jpeg", "jpg", "png", "ppm", "tif", "tiff", "webp"]

    /// Paths in the order in which they are shown.
    package var paths: [String]
    /// Which tick of the clock each picture begins at, from 0: its number where the numbers are evenly spaced.
    package var ticks: [Int]
    /// How many pictures are missing between the first and the last number.
    package var missingCount: Int { max(0, (ticks.last ?? -1) + 1 - ticks.count) }

    /// Whether a path has the form `FOLDER/img_%05d.jpg`.
    package static func isPattern(_ path: String) -> Bool { Pattern((path as NSString).lastPathComponent) != nil }

    /// Whether a path names pictures rather than a video file: a folder, or a pattern that is no file.
    package static func isSequence(_ path: String) -> Bool {
        if RemoteVideo(path) != nil { return false }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) { return isFolder.boolValue }
        return isPattern(path)
    }

    /// Whether a name is that of a picture.
    package static func isPicture(_ name: String) -> Bool {
        !name.hasPrefix(".") && extensions.contains((name as NSString).pathExtension.lowercased())
    }

    /// The pictures of a folder, or those that fit a pattern.
    ///
    /// - Throws: ``VideoError/severalSeries(folder:series:)`` where it is not plain which series is meant.
    package init(_ path: String) throws {
        let name = (path as NSString).lastPathComponent
        let pattern = Pattern(name)
        let parent = DurableFile.parent(of: path)
        let folder = pattern == nil ? path : parent.isEmpty ? "." : parent
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FileError.unreadable(path: folder, reason: "the folder cannot be listed")
        }
        let files = names.filter { Self.isPicture($0) && pattern?.matches($0) != false }.map(NumberedName.init)
        let chosen = pattern == nil ? try Self.mainSeries(of: files, in: folder) : files
        let ordered = chosen.sorted(by: <)
        paths = ordered.map { folder + (folder.hasSuffix("/") ? "" : "/") + $0.name }
        ticks = Self.ticks(of: ordered)
    }

    /// The series of pictures that show the scene.
    private static func mainSeries(of files: [NumberedName], in folder: String) throws -> [NumberedName] {
        let numbered = files.filter { $0.number != nil }
        guard !numbered.isEmpty else { return files }
        let series = Dictionary(grouping: numbered, by: \.series)
        // Optical flow as it is kept beside the pictures it was computed from.
        let scenes = series.filter { !$0.key.lowercased().hasPrefix("flow") }
        let candidates = scenes.isEmpty ? series : scenes
        guard candidates.count > 1 else { return candidates.first?.value ?? [] }
        throw VideoError.severalSeries(folder: folder, series: candidates.keys.sorted())
    }

    /// Numbers at even steps say where a picture is missing; others say the order only.
    private static func ticks(of files: [NumberedName]) -> [Int] {
        let order = Array(files.indices)
        let numbers = files.compactMap(\.number)
        guard numbers.count == files.count, let first = numbers.first else { return order }
        let steps = zip(numbers.dropFirst(), numbers).map { $0 - $1 }
        guard let step = steps.min(), step > 0, steps.allSatisfy({ $0 % step == 0 }) else { return order }
        return numbers.map { ($0 - first) / step }
    }

    /// A name and the last number in it.
    private struct NumberedName: Comparable {
        let name: String
        /// The name with its number left out, as `img_%d.jpg`.
        let series: String
        let number: Int?

        init(_ name: String) {
            self.name = name
            let ending = (name as NSString).pathExtension
            let stem = Substring((name as NSString).deletingPathExtension)
            guard let last = stem.lastIndex(where: Self.isDigit) else {
                (series, number) = (name, nil)
                return
            }
            let end = stem.index(after: last)
            let start = stem[..<end].lastIndex { !Self.isDigit($0) }.map { stem.index(after: $0) } ?? stem.startIndex
            // More digits than any count of pictures needs: a date or a random name, which only gives an order.
            number = stem.distance(from: start, to: end) <= 9 ? Int(stem[start..<end]) : nil
            series = number == nil ? name : "\(stem[..<start])%d\(stem[end...]).\(ending)"
        }

        private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isWholeNumber }

        static func < (a: Self, b: Self) -> Bool {
            if let left = a.number, let right = b.number, left != right { return left < right }
            return Array(a.name.utf8).lexicographicallyPrecedes(Array(b.name.utf8))
        }
    }

    /// A name with `%d` or `%05d` in the place of its number, as in `printf`.
    private struct Pattern {
        private let before: String
        private let after: String
        private let digits: Int?

        init?(_ name: String) {
            guard let match = name.firstMatch(of: /%(0[0-9]{1,2})?d/) else { return nil }
            before = String(name[..<match.range.lowerBound])
            after = String(name[match.range.upperBound...])
            digits = match.output.1.flatMap { Int($0) }
        }

        func matches(_ name: String) -> Bool {
            guard name.hasPrefix(before), name.hasSuffix(after), name.count > before.count + after.count else {
                return false
            }
            let number = name.dropFirst(before.count).dropLast(after.count)
            return number.allSatisfy { $0.isASCII && $0.isWholeNumber } && number.count >= digits ?? 1
        }
    }
}
