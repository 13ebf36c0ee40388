import Files
import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Safetensors files")
struct SafetensorsFileTests {
    @Test("what is written is read back", arguments: [SafetensorsFile.ElementType.float32, .float16])
    func roundTrip(type: SafetensorsFile.ElementType) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("w.safetensors").path
            let a = Tensor([1, -2.5, 0.25, 1024], shape: [2, 2])
            try SafetensorsFile.write(
                [("b \"quoted\"", Tensor(3)), ("a", a), ("empty", .zeros([0, 4]))], to: path, as: type,
                metadata: ["maker": "test"])
            let file = try SafetensorsFile(path: path)
            #expect(file.names == ["a", "b \"quoted\"", "empty"])
            #expect(file.metadata == ["maker": "test"])
            #expect(try file.tensor(named: "a").elements == a.elements)
            #expect(try file.tensor(named: "b \"quoted\"").shape == [])
            #expect(try file.tensor(named: "empty").shape == [0, 4])
            #expect(throws: TensorFileError.missingTensor(file: path, name: "c")) { try file.tensor(named: "c") }
        }
    }

    static let hostile: [(String, String)] = [
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,1000]}}", "outside the file"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,16]}}", "does not fill"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "impossible shape"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", "impossible shape"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}", "outside the file"),
        ("{\"a\":{\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]}}", "element type Q4"),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", "overlaps"
        ),
        ("{\"a\":[]}", "not the expected JSON"),
        ("[]", "not the expected JSON"),
        ("{\"a\":", "not the expected JSON"),
    ]

    @Test("a hostile header is refused", arguments: hostile)
    func hostileHeader(header: String, reason: String) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("bad.safetensors")
            var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
            data.append(contentsOf: header.utf8)
            data.append(Data(count: 16))
            try data.write(to: url)
            let error = #expect(throws: TensorFileError.self) { try SafetensorsFile(path: url.path) }
            #expect(error?.description.contains(reason) == true)
            #expect(error?.description.contains("bad.safetensors") == true)
        }
    }

    @Test("short, truncated and missing files are refused")
    func truncated() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("short.safetensors")
            try Data([1, 2, 3]).write(to: url)
            #expect(throws: TensorFileError.self) { try SafetensorsFile(path: url.path) }
            var huge = withUnsafeBytes(of: UInt64.max) { Data($0) }
            huge.append(Data("{}".utf8))
            try huge.write(to: url)
            #expect(throws: TensorFileError.self) { try SafetensorsFile(path: url.path) }
            let absent = folder.path + "/none"
            #expect(throws: FileError.missing(path: absent)) { try SafetensorsFile(path: absent) }
            #expect(
                throws: FileError.unreadable(path: folder.path, reason: "it is a folder, or reading is not permitted")
            ) {
                try SafetensorsFile(path: folder.path)
            }
        }
    }
}
