internal import CViewerPage
import Foundation

/// The files of the page: `viewer.html`, its style and its modules.
enum PageFiles {
    /// Content and type of a file; nil where there is none of this name.
    static func file(_ name: String) -> (content: Data, type: String)? {
        var size = 0
        guard let bytes = viewer_file(name, &size) else { return nil }
        let type =
            switch (name as NSString).pathExtension {
            case "html": "text/html; charset=utf-8"
            case "svg": "image/svg+xml"
            case "css": "text/css; charset=utf-8"
            default: "text/javascript; charset=utf-8"
            }
        return (Data(bytes: bytes, count: size), type)
    }
}
