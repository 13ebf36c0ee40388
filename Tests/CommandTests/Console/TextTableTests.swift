import Testing

@testable import tal

@Suite("tables")
struct TextTableTests {
    @Test("columns are as wide as their widest cell, and aligned")
    func alignment() {
        var table = TextTable([.left("video"), .right("score"), .left("label")])
        table.add("demo", "0.5", "Diving")
        table.add("Fußgänger", "12.25", "")
        #expect(
            table.description == """
                video      score  label
                ─────────  ─────  ──────
                demo         0.5  Diving
                Fußgänger  12.25
                """)
    }
}
