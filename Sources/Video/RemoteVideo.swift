internal import CFFmpeg
import Foundation

/// A video that FFmpeg reads over the network: an address of `http` or `https`, signed ones of object stores included.
///
/// Every read has a time limit, and a broken connection is taken up again where it broke. Only these protocols are used,
/// whatever a server redirects to. The certificate of an `https` server must be one that the system trusts, or one of the file
/// that the environment variable `SSL_CERT_FILE` names.
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
    static let settings: [(name: String, value: String)] =
        [
            ("protocol_whitelist", "http,https,tcp,tls"), ("rw_timeout", "30000000"), ("timeout", "30000000"),
            ("reconnect", "1"), ("reconnect_on_network_error", "1"), ("reconnect_on_http_error", "5xx"),
            ("reconnect_delay_max", "8"), ("tls_verify", "1"),
        ] + (trustedCertificates.map { [("ca_file", $0)] } ?? [])

    /// The file of certificates to trust. nil leaves it to FFmpeg's library, which with GnuTLS knows those of the system.
    static let trustedCertificates: String? = {
        if let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !file.isEmpty { return file }
        // Of Debian and Ubuntu, of Fedora and its relatives, of openSUSE, of Alpine and macOS.
        let places = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ]
        return places.first { FileManager.default.isReadableFile(atPath: $0) }
    }()

    /// Whether the server answers, and only its certificate is not trusted.
    ///
    /// It takes a handshake to find out, without the address, so that a signature in it goes to no stranger.
    var hasUntrustedCertificate: Bool {
        guard let parts = URLComponents(string: url), parts.scheme?.lowercased() == "https", let host = parts.host
        else {
            return false
        }
        var settings: OpaquePointer?
        for (name, value) in [
            ("protocol_whitelist", "tcp,tls"), ("rw_timeout", "10000000"), ("timeout", "10000000"), ("tls_verify", "0"),
        ] {
            av_dict_set(&settings, name, value, 0)
        }
        defer { av_dict_free(&settings) }
        var stream: UnsafeMutablePointer<AVIOContext>?
        let code = avio_open2(&stream, "tls://\(host):\(parts.port ?? 443)", AVIO_FLAG_READ, nil, &settings)
        avio_closep(&stream)
        return code >= 0
    }

    /// Whether an error of FFmpeg stays however often it is tried: what the server refuses, and what is no video.
    static func isFinal(_ message: String) -> Bool {
        message.hasPrefix("Server returned 4") || message.hasPrefix("Invalid data") || message.hasPrefix("Protocol not")
    }
}
