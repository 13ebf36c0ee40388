import Testing

@testable import Files

@Suite("names of files made of ids of videos")
struct VideoFileNameTests {
    @Test(
        "a name stays in its folder and is seen there",
        arguments: [
            ("a", "a"), ("v 1.2", "v 1.2"), ("c/a", "c_a"), ("c\\a", "c_a"), ("../../x", "_._.._x"),
            (".hidden", "_hidden"), ("été", "été"),
        ])
    func names(id: String, name: String) throws { #expect(VideoFileName(id)?.text == name) }

    @Test(
        "what cannot be a name", arguments: ["", ".", "..", "a\nb", "a\u{7F}", String(repeating: "é", count: 101)])
    func refuses(id: String) { #expect(VideoFileName(id) == nil) }

    @Test("names that are one file on some system have one key")
    func keys() {
        func key(_ id: String) -> [UInt8] { Array((VideoFileName(id)?.key ?? "").utf8) }
        #expect(key("e\u{301}TE\u{301}") == key("\u{C9}t\u{E9}"))
        #expect(key("a/b") == key("A_b") && key("a") != key("b"))
        #expect(VideoFileName("Ab")?.text == "Ab")
    }
}
