import Annotations
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Toolkit

@Suite("Manifests")
struct DataManifestTests {
    @Test("the copies in the binary are the files of data-manifests")
    func copies() throws {
        let folder = Checkout.url("data-manifests")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(Set(files.map { String($0.dropLast(5)) }) == Set(DataManifest.builtInNames))
        for file in files {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            let copy = BuiltInManifests.texts[String(file.dropLast(5))].map { $0 + "\n" }
            #expect(copy == text, "\(file) differs; run data-manifests/embed.sh")
        }
    }

    @Test("every manifest is complete", arguments: DataManifest.builtInNames)
    func isComplete(name: String) throws {
        let manifest = try DataManifest.named(name)
        #expect(!manifest.home.isEmpty && !manifest.licence.isEmpty && !manifest.faults.isEmpty)
        #expect(!manifest.citation.isEmpty && !manifest.usage.isEmpty)
        #expect(!manifest.classes.isEmpty || manifest.classesIn != nil)
        #expect(!manifest.files.isEmpty || !manifest.byHand.isEmpty)
        #expect(manifest.annotations.values.allSatisfy { ($0.sha256?.count ?? 64) == 64 })
    }

    @Test(
        "the layouts and counts of a manifest are those of the files", arguments: DataFolder.present,
        [
            ("activitynet-1.3", "activitynet"), ("thumos14", "thumos14"), ("multithumos", "multithumos"),
            ("charades", "charades"), ("epic-kitchens-100", "epic_kitchens_100"),
        ])
    func countsAreTrue(data: DataFolder, set: (name: String, folder: String)) throws {
        let (name, folder) = set
        let manifest = try DataManifest.named(name)
        var found = 0
        for (file, entry) in manifest.annotations {
            let path = data.url("annotations/\(folder)/\(file).gz").path
            guard FileManager.default.fileExists(atPath: path) else { continue }
            found += 1
            let set = try AnnotationSet(contentsOf: path)
            #expect(set.layout?.rawValue == entry.layout, "\(file)")
            let classes = Set(manifest.classes)
            let namesClasses = ["activitynet-1.3", "thumos14"].contains(name)
            if namesClasses { #expect(classes.isSuperset(of: set.labels), "\(file): \(set.labels)") }
            guard data == .real else { continue }
            #expect(set.videos.count == entry.videos && set.segmentCount == entry.segments, "\(file)")
            if namesClasses { #expect(set.labels == manifest.classes, "\(file)") }
        }
        #expect(found > 0)
        guard data == .real else { return }
        let first = [
            "thumos14": "thumos14.json", "activitynet-1.3": "activitynet_v1-3_merged.json",
            "multithumos": "multithumos.json", "charades": "charades.json",
        ]
        guard let file = first[name] else { return }
        let all = try AnnotationSet(contentsOf: data.url("annotations/\(folder)/\(file).gz").path)
        for split in manifest.splits.values {
            let subset = try all.subset(split.names[0])
            #expect(subset.videos.count == split.videos && subset.segmentCount == split.segments)
        }
    }

    @Test("roles of subsets follow the numbers of videos", arguments: DataFolder.present)
    func roles(folder: DataFolder) throws {
        let defaults = try DatasetDefaults("thumos14")
        for (file, training, evaluated, evaluatedCount) in [
            ("thumos14", "Validation", "Test", 212), ("thumos_14_anno", "training", "validation", 211),
            ("thumos14_flat", "validation", "test", 212), ("thumos_gt", "train", "test", 210),
        ] {
            var set = AnnotationSet(videos: [])
            if folder == .real {
                set = try AnnotationSet(contentsOf: folder.url("annotations/thumos14/\(file).json.gz").path)
            } else {
                for (subset, count) in [(training, 200), (evaluated, evaluatedCount)] {
                    set.videos += (0..<count).map { AnnotatedVideo(id: "\(subset) \($0)", subset: subset) }
                }
            }
            let found = defaults.subsets(of: set)
            #expect(found.training == training && found.evaluated == evaluated, "\(file)")
        }
    }

    @Test("grids: of the one kind of features, of one that is named, and of none")
    func grids() throws {
        #expect(
            try DatasetDefaults("thumos14").grid
                == #"{"*": {"fps": "annotations", "stride_frames": 4, "window_frames": 16}}"#)
        #expect(try DatasetDefaults("hacs").grid == nil)
        #expect(try DatasetDefaults("hacs/slowfast").features?.channels == 2304)
        #expect(try DatasetDefaults("activitynet-1.3/tsp").grid?.contains(#""prefix": "v_""#) == true)
        #expect(
            try DatasetDefaults("hacs/internvideo2-6b").grid
                == #"{"*": {"fps": 30.0, "stride_frames": 8, "window_frames": 16}, "prefix": "v_", "suffix": "_spatial_pool_feature_6"}"#
        )
        #expect(throws: DataManifestError.self) { try DatasetDefaults("hacs/i3d") }
        #expect(throws: DataManifestError.self) { try DatasetDefaults("no-such-set") }
    }

    @Test("names of files that leave the folder and addresses of other kinds are refused")
    func refuses() throws {
        for text in [
            "name: x\nfiles: {../a: {url: \"https://h/a\"}}", "name: x\nfiles: {a: {url: \"file:///etc/passwd\"}}",
            "name: x\nfiles: {a: {url: \"https://h/a\", sha256: abc}}",
        ] {
            #expect(throws: ConfigurationError.self) {
                try ConfigurationFile.decode(DataManifest.self, from: text, file: "m.yaml")
            }
        }
    }
}
