import Testing

@testable import Localization

@Suite("Points and their targets")
struct AssignmentTests {
    static let generator = PointGenerator(
        strides: [1, 2, 4, 8, 16, 32],
        ranges: [(0, 4), (4, 8), (8, 16), (16, 32), (32, 64), (64, 10_000)])

    struct Positive: Hashable {
        let position: Float
        let stride: Float
        let labels: [Int]
    }

    private func positives(_ segments: [GridSegment], classes: Int = 1, radius: Float? = 1.5) -> [Positive] {
        let levels = Self.generator.levels(length: 2304)
        let targets = CenterSamplingAssignment(radius: radius)
            .targets(levels: levels, segments: segments, classes: classes)
        let points = levels.flatMap { level in (0..<level.count).map { (level.position($0), level.stride) } }
        return targets.positives.map { index in
            Positive(
                position: points[index].0, stride: points[index].1,
                labels: (0..<classes).filter { targets.labels[index * classes + $0] == 1 })
        }
    }

    @Test("a sequence of 2304 has 4536 points on six levels")
    func pointCount() {
        #expect(Self.generator.levels(length: 2304).reduce(0) { $0 + $1.count } == 4536)
        #expect(Self.generator.levels(length: 2304)[3].position(2) == 16)
    }

    @Test("a short action is assigned to the finest level")
    func shortAction() {
        #expect(
            positives([GridSegment(start: 10.3, end: 15.1, label: 0)]).map(\.position) == [12, 13, 14])
    }

    @Test("an action is assigned to the levels whose range it fits, with offsets in strides")
    func twoLevels() {
        let segment = GridSegment(start: 100, end: 110, label: 0)
        #expect(
            positives([segment]) == [
                Positive(position: 104, stride: 2, labels: [0]), Positive(position: 106, stride: 2, labels: [0]),
                Positive(position: 108, stride: 4, labels: [0]),
            ])
        let targets = CenterSamplingAssignment()
            .targets(levels: Self.generator.levels(length: 2304), segments: [segment], classes: 1)
        let offsets = targets.positives.map { [targets.offsets[2 * $0], targets.offsets[2 * $0 + 1]] }
        #expect(offsets == [[2, 3], [3, 2], [2, 0.5]])
    }

    @Test("an action between two points has no positives")
    func subGridAction() {
        #expect(positives([GridSegment(start: 5.2, end: 5.9, label: 0)]).isEmpty)
    }

    @Test("a point inside two actions belongs to the shorter")
    func nestedActions() {
        let found = positives(
            [GridSegment(start: 40, end: 100, label: 0), GridSegment(start: 60, end: 70, label: 1)], classes: 2)
        let inner = found.filter { $0.labels == [1] }
        #expect(inner.map(\.position) == [64, 66, 68] && inner.map(\.stride) == [2, 2, 4])
        let outer = found.filter { $0.labels == [0] }
        #expect(outer.map(\.position) == [72, 48, 64, 80] && outer.map(\.stride) == [8, 16, 16, 16])
        #expect(inner.count + outer.count == found.count)
    }

    @Test("one action with two names trains both classes")
    func twins() {
        let found = positives(
            [GridSegment(start: 10.3, end: 15.1, label: 0), GridSegment(start: 10.3, end: 15.1005, label: 2)],
            classes: 3)
        #expect(!found.isEmpty && found.allSatisfy { $0.labels == [0, 2] })
    }

    @Test("without centre sampling every point strictly inside is eligible")
    func wholeSegment() {
        let found = positives([GridSegment(start: 10, end: 17, label: 0)], radius: nil)
        #expect(found.filter { $0.stride == 1 }.map(\.position) == [13, 14])
        #expect(found.filter { $0.stride == 2 }.map(\.position) == [12, 14, 16])
    }

    @Test("an empty video has no positives")
    func emptyVideo() {
        #expect(positives([]).isEmpty)
    }
}
