/// A video that FFmpeg reads over the network: an address of `http` or `https`, signed ones of object stores included.
///
/// Every read has a time limit, and a broken connection is taken up again where it broke. Only these protocols are used,
/// whatever a server redirects to.
package struct RemoteVideo: Hashable, Sendable {
    package let url: String

    /// nil where the text is no such address.
    package init?(_ text: String) {
        let start = text.prefix(8).lowercased()
        guard start.hasPrefix("http://") || start == "https://", !text.utf8.contains(0) else { return nil }
        url = text
    }

    /// How often a video is tried to be opened.
    static let attempts = 3
    /// Before the second try; twice as long before the next.
    static let pauseMicroseconds: UInt32 = 250_000
    /// For FFmpeg (https://ffmpeg.org/ffmpeg-protocols.html#http); times in microseconds, the delay in seconds.
    static let settings: [(name: String, value: String)] = [
        ("protocol_whitelist", "http,https,tcp,tls"), ("rw_timeout", "30000000"), ("timeout", "30000000"),
        ("reconnect", "1"), ("reconnect_on_network_error", "1"), ("reconnect_on_http_error", "5xx"),
        ("reconnect_delay_max", "8"),
    ]

    /// Whether an error of FFmpeg stays however often it is tried: what the server refuses, and what is no video.
    static func isFinal(_ message: String) -> Bool {
        message.hasPrefix("Server returned 4") || message.hasPrefix("Invalid data") || message.hasPrefix("Protocol not")
    }
}
