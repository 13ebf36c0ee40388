import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite("Tables of positions")
struct PositionTableTests {
    private static func file(_ path: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: Fixture.url("encoders/\(path)").path)
    }

    private func difference(_ a: Tensor, _ b: Tensor) -> Float {
        a.shape == b.shape ? zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
    }

    @Test("InternVideo2's table is stretched as its loader does")
    func internVideo() throws {
        let file = try Self.file("internvideo2/official/tables.safetensors")
        let table = try file.tensor(named: "only/table_8f_2x2")
        let old = TokenGrid(times: 8, rows: 2, columns: 2)
        for (name, grid) in [
            ("16f_2x2", TokenGrid(times: 16, rows: 2, columns: 2)),
            ("16f_3x3", TokenGrid(times: 16, rows: 3, columns: 3)),
        ] {
            let found = PositionTable.resized(table, prefix: 1, from: old, to: grid, antialias: false)
            #expect(difference(found, try file.tensor(named: "only/table_\(name)")) < 1e-5)
        }
    }

    @Test("a table of the right size stays as it is, whatever the rule")
    func same() {
        let grid = TokenGrid(times: 2, rows: 3, columns: 4)
        let table = PositionTable.sinusoid(count: grid.count, width: 6)
        for antialias in [false, true] {
            let found = PositionTable.resized(table, prefix: 0, from: grid, to: grid, antialias: antialias)
            #expect(found.elements == table.elements)
        }
    }

    @Test(
        "weights of every resampling sum to one and stay inside", arguments: [(7, 3), (3, 7), (16, 10), (1, 5), (5, 1)])
    func taps(_ old: Int, _ new: Int) {
        for taps in [ResizeTaps.linear, ResizeTaps.cubic, ResizeTaps.antialiasedCubic] {
            let all = taps(old, new)
            #expect(all.count == new)
            for tap in all {
                #expect(abs(tap.weights.reduce(0, +) - 1) < 1e-12)
                #expect(tap.indices.allSatisfy((0..<old).contains))
            }
        }
    }

    @Test("the fixed table has sines and cosines of falling rates in turn")
    func sinusoid() {
        let table = PositionTable.sinusoid(count: 3, width: 4)
        #expect(abs(table[2, 0] - Float(sin(2.0))) < 1e-7)
        #expect(abs(table[2, 1] - Float(cos(2.0))) < 1e-7)
        #expect(abs(table[2, 2] - Float(sin(0.02))) < 1e-7)
        #expect(abs(table[2, 3] - Float(cos(0.02))) < 1e-7)
    }
}
