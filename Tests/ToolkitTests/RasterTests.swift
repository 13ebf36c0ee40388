import Testing
import Video

@testable import Toolkit

struct RasterTests {
    private func red(_ raster: Raster, _ x: Int, _ y: Int) -> UInt8 {
        raster.image.pixels[(y * raster.image.width + x) * 3]
    }

    @Test("a pixel takes as much of a colour as is covered of it")
    func rectangle() {
        var raster = Raster(width: 4, height: 4, scale: 1)
        raster.rectangle(x: 0.5, y: 1, width: 2, height: 1, colour: 0)
        #expect((0..<4).map { red(raster, $0, 1) } == [128, 0, 128, 255])
        #expect((0..<4).map { red(raster, $0, 2) } == [255, 255, 255, 255])
        raster.rectangle(x: -10, y: -10, width: 100, height: 100, colour: 0, opacity: 0.5)
        #expect(red(raster, 3, 3) == 128 && red(raster, 1, 1) == 0)
    }

    @Test("lines have their width, and dashes their gaps")
    func line() {
        var raster = Raster(width: 20, height: 5, scale: 1)
        raster.line([(0, 2.5), (20, 2.5)], width: 1, colour: 0)
        #expect((0..<20).allSatisfy { red(raster, $0, 2) == 0 })
        #expect((0..<20).allSatisfy { red(raster, $0, 0) == 255 && red(raster, $0, 4) == 255 })
        var dashed = Raster(width: 40, height: 5, scale: 1)
        dashed.line([(0, 2.5), (40, 2.5)], width: 1, colour: 0, dash: (4, 6))
        #expect([2, 12, 22, 32].allSatisfy { red(dashed, $0, 2) == 0 })
        #expect([7, 17, 27, 37].allSatisfy { red(dashed, $0, 2) == 255 })
        // What is covered twice counts once.
        var crossed = Raster(width: 9, height: 9, scale: 1)
        crossed.line([(4.5, 0), (4.5, 9), (4.5, 0)], width: 3, colour: 0, opacity: 0.5)
        #expect(red(crossed, 4, 4) == 128)
    }

    @Test("a polygon is filled within its edges")
    func polygon() {
        var raster = Raster(width: 10, height: 10, scale: 1)
        raster.polygon([(0, 0), (10, 0), (0, 10)], colour: 0)
        #expect(red(raster, 2, 2) == 0 && red(raster, 8, 8) == 255)
        #expect((100...155).contains(red(raster, 5, 4)))
    }

    @Test("texts keep to their anchor, accents to their letters, and what has no letter is a box")
    func text() {
        func columns(_ text: String, _ anchor: Raster.Anchor) -> [Int] {
            var raster = Raster(width: 100, height: 30, scale: 1)
            raster.text(text, x: 50, y: 20, size: 14, anchor: anchor, colour: 0)
            return (0..<100).filter { x in (0..<30).contains { red(raster, x, $0) < 128 } }
        }
        #expect((columns("Hill", .start).min() ?? 0) >= 50)
        #expect((columns("Hill", .end).max() ?? 100) <= 50)
        let middle = columns("Hill", .middle)
        #expect(abs((middle.min() ?? 0) + (middle.max() ?? 0) - 99) <= 3)
        #expect(columns("   ", .start).isEmpty)
        #expect(StrokeFont.glyph("é").strokes.count == StrokeFont.glyph("e").strokes.count + 1)
        #expect(StrokeFont.glyph("–").strokes.count == StrokeFont.glyph("-").strokes.count)
        #expect(StrokeFont.glyph("語").strokes.count == 1 && StrokeFont.glyph("…").strokes.count == 3)
        for code in 33..<127 {
            let glyph = StrokeFont.glyph(Character(Unicode.Scalar(UInt8(code))))
            #expect(!glyph.strokes.isEmpty && glyph.width > 0 && glyph.strokes.joined().allSatisfy { $0.y <= 16 })
        }
    }

    @Test("a picture is averaged where it shrinks")
    func picture() {
        let other = RGBImage(width: 4, height: 2) { x, _ in x % 2 == 0 ? [0, 0, 0] : [200, 200, 200] }
        var raster = Raster(width: 4, height: 4, scale: 1)
        raster.picture(other, x: 1, y: 1, width: 2, height: 1)
        #expect(red(raster, 1, 1) == 100 && red(raster, 2, 1) == 100 && red(raster, 3, 1) == 255)
    }
}
