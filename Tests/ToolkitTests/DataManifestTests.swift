import Configuration
import Foundation
import TestSupport
import Testing

@testable import Annotations

struct DataManifestTests {
    static let names = ["activitynet-1.3", "thumos14"]

    private func manifest(_ name: String) throws -> DataManifest {
        try ConfigurationFile.load(
            from: Checkout.url("data-manifests/\(name).yaml").path)
    }

    @Test("every manifest is complete", arguments: names)
    func isComplete(name: String) throws {
        let manifest = try manifest(name)
        #expect(!manifest.home.isEmpty && !manifest.licence.isEmpty && !manifest.faults.isEmpty)
        #expect(!manifest.splits.isEmpty && !manifest.features.isEmpty && !manifest.classes.isEmpty)
        #expect(manifest.annotations.values.allSatisfy { $0.sha256.count == 64 })
    }

    @Test(
        "the counts of a manifest are those of the files", .enabled(if: SharedData.isPresent),
        arguments: [("activitynet-1.3", "activitynet"), ("thumos14", "thumos14")])
    func countsAreTrue(name: String, folder: String) throws {
        let manifest = try manifest(name)
        for (file, entry) in manifest.annotations {
            let set = try AnnotationSet(contentsOf: SharedData.url("data/annotations/\(folder)/\(file).gz").path)
            #expect(set.layout?.rawValue == entry.layout, "\(file)")
            #expect(set.videos.count == entry.videos && set.segmentCount == entry.segments, "\(file)")
            #expect(set.labels == manifest.classes, "\(file)")
        }
        let first = try AnnotationSet(
            contentsOf: SharedData.url(
                "data/annotations/\(folder)/\(folder == "thumos14" ? "thumos14" : "activitynet_v1-3_merged").json.gz"
            ).path)
        for split in manifest.splits.values {
            let subset = try first.subset(split.names[0])
            #expect(subset.videos.count == split.videos && subset.segmentCount == split.segments)
        }
    }
}
