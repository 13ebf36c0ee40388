/// A number or a list of numbers.
enum OneOrMany<Element: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    case one(Element)
    case many([Element])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let list = try? container.decode([Element].self) {
            self = .many(list)
        } else {
            self = .one(try container.decode(Element.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .one(let element): try container.encode(element)
        case .many(let list): try container.encode(list)
        }
    }

    /// The numbers; one where there is a single one.
    var list: [Element] {
        switch self {
        case .one(let element): return [element]
        case .many(let list): return list
        }
    }
}

/// A value that is allowed and not used.
struct Unused: Codable, Sendable, Equatable {
    init() {}
    init(from decoder: any Decoder) throws {}
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}
