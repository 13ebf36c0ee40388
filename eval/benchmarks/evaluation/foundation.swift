// Reads a results file with Foundation's parsers and prints the seconds each takes, to compare with `tal evaluate`, which reads
// and evaluates it. Build with `swiftc -O`; the file must not be compressed.
import Foundation

struct Results: Decodable {
    struct Entry: Decodable {
        var label: String
        var score: Double
        var segment: [Double]
    }
    var results: [String: [Entry]]
}

let clock = ContinuousClock()
let path = CommandLine.arguments[1]
let dynamic = try clock.measure {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    precondition(object?["results"] != nil)
}
print("JSONSerialization", dynamic)
let typed = try clock.measure {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let results = try JSONDecoder().decode(Results.self, from: data)
    precondition(!results.results.isEmpty)
}
print("JSONDecoder", typed)
