import Testing

@testable import Files

@Suite("notices")
struct NoticeTests {
    @Test("one line has the number and three examples")
    func line() {
        var notice = Notice("left-out", "videos are left out")
        #expect(notice.description == "videos are left out")
        for item in ["a", "b", "c"] { notice.add(item) }
        #expect(notice.description == "3 videos are left out (a, b, c)")
        notice.add("d")
        #expect(notice == Notice("left-out", "videos are left out", items: ["a", "b", "c", "d"]))
        #expect(Notice("k", "videos are out", one: "video is out", items: ["a"]).description == "1 video is out (a)")
        #expect(notice.count == 4 && notice.description == "4 videos are left out (a, b, c, …)")
    }
}
