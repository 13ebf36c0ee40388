internal import CReportPage

/// The parts of the page that do not depend on what is shown.
enum PageParts {
    static var style: String { text(report_style) }
    static var script: String { text(report_script) }

    private static func text(_ part: (UnsafeMutablePointer<Int>?) -> UnsafePointer<UInt8>?) -> String {
        var size = 0
        guard let bytes = part(&size) else { return "" }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: size), as: UTF8.self)
    }
}
