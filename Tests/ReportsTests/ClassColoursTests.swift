import Testing

@testable import Reports

struct ClassColoursTests {
    @Test("every class has a colour of its own, neighbours in lists of many classes differ in lightness")
    func colours() {
        #expect(ClassColours.colours(count: 0).isEmpty)
        #expect(ClassColours.colours(count: 8).count == 8)
        for count in [9, 20, 65, 157, 200] {
            let colours = ClassColours.colours(count: count)
            #expect(colours.count == count)
            #expect(colours.allSatisfy { $0.count == 7 && $0.hasPrefix("#") })
            if count <= 65 { #expect(Set(colours).count == count) }
        }
    }

    @Test("hue, saturation and lightness by hand")
    func conversion() {
        #expect(ClassColours.hex(hue: 0, saturation: 1, lightness: 0.5) == "#ff0000")
        #expect(ClassColours.hex(hue: 120, saturation: 1, lightness: 0.25) == "#008000")
        #expect(ClassColours.hex(hue: 240, saturation: 0, lightness: 1) == "#ffffff")
    }
}
