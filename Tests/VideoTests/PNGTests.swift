import Files
import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("PNG files")
struct PNGTests {
    @Test("a written picture is read back with the same pixels", arguments: [(1, 1), (33, 7), (64, 48)])
    func roundTrip(width: Int, height: Int) throws {
        let image = RGBImage(width: width, height: height) { x, y in
            [UInt8(x * 7 & 255), UInt8(y * 5 & 255), UInt8((x ^ y) & 255)]
        }
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a.png").path
            try image.writePNG(to: path)
            #expect(try VideoDecoder(path: path).image() == image)
        }
    }

    @Test("a picture in a folder that does not exist is an error that names it")
    func noFolder() {
        let image = RGBImage(width: 2, height: 2, red: 1, green: 2, blue: 3)
        let error = #expect(throws: FileError.self) { try image.writePNG(to: "/nonexistent/a.png") }
        #expect(error?.path == "/nonexistent/a.png")
    }

    @Test("a picture placed in another is where it was put")
    func placing() {
        var image = RGBImage(width: 4, height: 3, red: 0, green: 0, blue: 0)
        image.place(RGBImage(width: 2, height: 1, red: 9, green: 8, blue: 7), x: 1, y: 2)
        #expect(Array(image.pixels[(2 * 4 + 1) * 3..<(2 * 4 + 3) * 3]) == [9, 8, 7, 9, 8, 7])
        #expect(image.pixels.reduce(0) { $0 + Int($1) } == 48)
    }
}
