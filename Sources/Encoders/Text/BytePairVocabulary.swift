import Files

/// The pieces of a byte-pair model and the pairs that join to them, from Hugging Face's `tokenizer.json`.
///
/// Published files hold 256,000 pieces and 580,000 pairs, so the file is read once from beginning to end. Pieces are compared by
/// their bytes: two forms of one text in Unicode are two pieces.
struct BytePairVocabulary {
    /// The number of each piece.
    private(set) var numbers: [[UInt8]: Int] = [:]
    /// Both halves of each pair in the order of training.
    private(set) var pairs: [(first: [UInt8], second: [UInt8])] = []
    /// Texts that are one piece wherever they stand.
    private(set) var added: [(text: String, number: Int)] = []
    /// What stands for characters that no piece holds.
    private(set) var unknown: String?
    private(set) var kind = ""
    private var normalizers: [String] = []
    private var splitters: [String] = []

    /// - Throws: `FileError`
    init(json path: String) throws(FileError) {
        var json = JSONReader(ByteSource(bytes: try PackedFile.bytes(path), path: path))
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("model") {
                try readModel(&json)
            } else if json.tokenIs("added_tokens") {
                try readAdded(&json)
            } else if json.tokenIs("normalizer") {
                normalizers = try Self.types(in: &json)
            } else if json.tokenIs("pre_tokenizer") {
                splitters = try Self.types(in: &json)
            } else {
                try json.skipValue()
            }
        }
        try json.finish()
        try check(path)
    }

    /// What `model.type` of a `tokenizer.json` says, `BPE` or `Unigram`; nil where it says nothing.
    ///
    /// - Throws: `FileError`
    static func kind(ofJSON path: String) throws(FileError) -> String? {
        var json = JSONReader(ByteSource(bytes: try PackedFile.bytes(path), path: path))
        guard try json.peek() == .object else { return nil }
        try json.beginObject()
        while try json.nextKey() {
            guard json.tokenIs("model"), try json.peek() == .object else {
                try json.skipValue()
                continue
            }
            try json.beginObject()
            while try json.nextKey() {
                guard json.tokenIs("type"), try json.peek() == .string else {
                    try json.skipValue()
                    continue
                }
                try json.readString()
                return try json.tokenText()
            }
        }
        return nil
    }

    private mutating func readModel(_ json: inout JSONReader) throws(FileError) {
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("type") {
                kind = try Self.text(&json)
            } else if json.tokenIs("unk_token"), try json.peek() == .string {
                unknown = try Self.text(&json)
            } else if json.tokenIs("vocab") {
                try readNumbers(&json)
            } else if json.tokenIs("merges") {
                try readPairs(&json)
            } else {
                try json.skipValue()
            }
        }
    }

    private mutating func readNumbers(_ json: inout JSONReader) throws(FileError) {
        try json.beginObject()
        while try json.nextKey() {
            let piece = Array(try json.tokenText().utf8)
            numbers[piece] = try Self.number(&json)
        }
    }

    /// Pairs stand as `["a", "b"]`, in older files as `"a b"`.
    private mutating func readPairs(_ json: inout JSONReader) throws(FileError) {
        try json.beginArray()
        while try json.nextElement() {
            if try json.peek() == .string {
                let parts = try Self.text(&json).utf8.split(separator: UInt8(ascii: " "))
                guard parts.count == 2 else { throw json.failure("a pair that is not two pieces") }
                pairs.append((Array(parts[0]), Array(parts[1])))
                continue
            }
            var parts: [[UInt8]] = []
            try json.beginArray()
            while try json.nextElement() { parts.append(Array(try Self.text(&json).utf8)) }
            guard parts.count == 2 else { throw json.failure("a pair that is not two pieces") }
            pairs.append((parts[0], parts[1]))
        }
    }

    private mutating func readAdded(_ json: inout JSONReader) throws(FileError) {
        try json.beginArray()
        while try json.nextElement() {
            var text: String?, number: Int?
            try json.beginObject()
            while try json.nextKey() {
                if json.tokenIs("content") {
                    text = try Self.text(&json)
                } else if json.tokenIs("id") {
                    number = try Self.number(&json)
                } else {
                    try json.skipValue()
                }
            }
            guard let text, !text.isEmpty, let number else {
                throw json.failure("an added token without text or number")
            }
            added.append((text, number))
        }
    }

    private func check(_ path: String) throws(FileError) {
        guard kind == "BPE" else {
            throw .malformed(path: path, problem: "is a tokenizer of the kind '\(kind)'; expected BPE or Unigram")
        }
        // Byte-level models of GPT and CLIP, and those that begin a text with a space, cut in another way.
        guard normalizers.contains("Replace"), Set(normalizers).isSubset(of: ["Sequence", "Replace", "Lowercase"]),
            Set(splitters).isSubset(of: ["Sequence", "Split"])
        else {
            let steps = (normalizers + splitters).joined(separator: ", ")
            throw .malformed(
                path: path,
                problem:
                    "prepares texts by other steps (\(steps.isEmpty ? "none" : steps)) than SigLIP 2, which writes "
                    + "spaces as a character and then joins pairs; expected the file beside the weights")
        }
    }

    private static func text(_ json: inout JSONReader) throws(FileError) -> String {
        try json.readString()
        return try json.tokenText()
    }

    private static func number(_ json: inout JSONReader) throws(FileError) -> Int {
        // Numbers of pieces are rows of a table that fits into memory.
        guard let number = Int(exactly: try json.readNumber()), (0..<(1 << 24)).contains(number) else {
            throw json.failure("the number of a piece must be a whole number from 0 to 16,777,215")
        }
        return number
    }

    /// Every `"type"` in a value, at any depth.
    private static func types(in json: inout JSONReader) throws(FileError) -> [String] {
        var types: [String] = []
        switch try json.peek() {
        case .object:
            try json.beginObject()
            while try json.nextKey() {
                if json.tokenIs("type"), try json.peek() == .string {
                    types.append(try text(&json))
                } else {
                    types += try Self.types(in: &json)
                }
            }
        case .array:
            try json.beginArray()
            while try json.nextElement() { types += try Self.types(in: &json) }
        default: try json.skipValue()
        }
        return types
    }
}
