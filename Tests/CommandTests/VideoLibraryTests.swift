import Foundation
import TestSupport
import Testing

@Suite("FFmpeg is loaded when it is used")
struct VideoLibraryTests {
    @Test("the program starts without it")
    func start() throws {
        let run = try Program.run(["--version"], environment: ["LD_TRACE_LOADED_OBJECTS": "1"])
        #expect(run.output.contains("libFoundation"))
        #expect(!run.output.contains("libav") && !run.output.contains("libswscale"))
    }

    @Test("without it an error names the library and its package, and other commands work")
    func missing() throws {
        try TemporaryFolder.with { folder in
            // Found before the real ones, whichever version that is.
            for version in 4..<20 {
                try Data().write(to: folder.appendingPathComponent("libswscale.so.\(version)"))
            }
            let environment = ["LD_LIBRARY_PATH": folder.path]
            #expect(try Program.run(["--version"], environment: environment).status == 0)

            let video = folder.appendingPathComponent("a.mp4")
            try Data([1, 2, 3]).write(to: video)
            let inspection = try Program.run(["inspect", video.path], environment: environment)
            #expect(inspection.status != 0)
            #expect(inspection.errors.contains("libswscale.so."))
            #expect(inspection.errors.contains("apt-get install libswscale"))

            let doctor = try Program.run(["doctor"], environment: environment)
            #expect(doctor.status == 0)
            #expect(doctor.output.contains("no video can be read or written"))
        }
    }
}
