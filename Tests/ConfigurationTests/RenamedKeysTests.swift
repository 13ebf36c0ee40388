import Files
import Testing

@testable import Configuration

private struct Motor: Configurable {
    var kind = "steam"
    var power = 1.0
    init() {}
}

private struct Cart: Configurable {
    var motor = Motor()
    var wheels = 4
    static var renamedKeys: [String: String] { ["motor": "motor.kind", "power": "motor.power"] }
    init() {}
}

private struct Train: Configurable {
    var cart = Cart()
    var speed = 1
    static var renamedKeys: [String: String] { ["cart.pace": "speed"] }
    init() {}
}

@Suite("Keys of earlier versions")
struct RenamedKeysTests {
    private func read(_ text: String, _ overrides: [String] = []) throws -> (train: Train, notices: [Notice]) {
        var notices: [Notice] = []
        let train = try ConfigurationFile.decode(Train.self, from: text, file: "t.yaml", overrides: overrides) {
            notices.append($0)
        }
        return (train, notices)
    }

    private static let present = "speed: 7\ncart: {wheels: 6, motor: {kind: diesel, power: 3}}"
    private static let old = "cart: {motor: diesel, power: 3, pace: 7, wheels: 6}"

    @Test("old keys give the same settings as the present ones, with one notice that names both")
    func file() throws {
        let (present, silent) = try read(Self.present)
        #expect(present.speed == 7 && present.cart.motor.kind == "diesel" && silent.isEmpty)
        let (old, notices) = try read(Self.old)
        #expect(old == present && notices.count == 1)
        #expect(notices.first?.count == 3)
        #expect(notices.first?.description.contains("cart.power is now cart.motor.power") == true)
    }

    @Test(
        "old keys in overrides change what the present ones do, in their order",
        arguments: [
            ["cart.motor=diesel", "cart.power=3", "cart.pace=7", "cart.wheels=6"],
            ["cart.motor.power=1", "cart.power=3", "cart={motor: diesel, power: 3, pace: 7, wheels: 6}"],
            ["cart.power=9", "cart.motor={kind: diesel, power: 3}", "speed=2", "cart.pace=7", "cart.wheels=6"],
        ])
    func overrides(_ changes: [String]) throws {
        let present = try read(Self.present).train
        #expect(try read("cart: {power: 8}\nspeed: 5", changes).train == present)
    }

    @Test("a setting under both names is refused, and a value of the wrong type names the present key")
    func faults() {
        #expect {
            try read("cart: {power: 3, motor: {power: 4}}")
        } throws: { "\($0)".contains("'cart.power'") && "\($0)".contains("'cart.motor.power'") }
        #expect { try read("cart: {power: strong}") } throws: { "\($0)".contains("cart.motor.power") }
    }
}
