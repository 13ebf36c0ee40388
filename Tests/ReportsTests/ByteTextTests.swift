import Testing

@testable import Reports

struct ByteTextTests {
    @Test(
        "numbers are written as Swift writes them",
        arguments: [0, 7, -1, 10, 99_999_999, 100_000_000, -123_456, .min, .max])
    func numbers(value: Int) {
        var text = ByteText()
        text.append(value)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "\(value)")
    }

    @Test("JSON text cannot end a script element")
    func escapes() {
        var text = ByteText()
        text.append(json: "a\"\\</\u{2028}\n😀")
        #expect(String(decoding: text.bytes, as: UTF8.self) == "\"a\\\"\\\\\\u003c/\\u2028\\u000a😀\"")
    }

    @Test(
        "an axis has at most six marks at round values and reaches the highest value",
        arguments: [0.003, 0.07, 0.5, 1, 9.9, 1234])
    func axis(top: Double) {
        let axis = AxisScale(top: top)
        #expect(axis.top >= top * (1 - 1e-9) && axis.marks.count <= 7 && axis.marks.first == 0)
    }
}
