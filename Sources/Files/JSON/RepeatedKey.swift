/// Finds keys that stand twice in one object of a JSON text. JSON allows that, and readers differ in which of the two counts.
package enum RepeatedKey {
    /// - Returns: the first such key; `nil` where there is none, or the text is no JSON.
    package static func find(in bytes: [UInt8], path: String) -> String? {
        var json = JSONReader(ByteSource(bytes: bytes, path: path))
        return (try? find(&json)).flatMap { $0 }
    }

    private static func find(_ json: inout JSONReader) throws(FileError) -> String? {
        switch try json.peek() {
        case .object:
            var keys: Set<String> = []
            try json.beginObject()
            while try json.nextKey() {
                let key = try json.tokenText()
                guard keys.insert(key).inserted else { return key }
                if let inner = try find(&json) { return inner }
            }
        case .array:
            try json.beginArray()
            while try json.nextElement() {
                if let inner = try find(&json) { return inner }
            }
        default: try json.skipValue()
        }
        return nil
    }
}
