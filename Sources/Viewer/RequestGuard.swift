import FlyingFox

/// Who may ask: pages of this server and programs of this machine, by the right address. A page of another site can make a
/// browser send requests here, also under a name that it lets point here (DNS rebinding); its `Host`, `Origin` or
/// `Sec-Fetch-Site` gives it away.
struct RequestGuard: Sendable {
    let port: UInt16

    /// Why a request is refused; nil where it is not.
    func problem(_ request: HTTPRequest) -> String? {
        let hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
        guard let host = request.headers[.host], hosts.contains(host.lowercased()) else {
            return "the request is not for 127.0.0.1:\(port)"
        }
        if let origin = request.headers[HTTPHeader("Origin")],
            !hosts.contains(where: { origin.lowercased() == "http://" + $0 })
        {
            return "the request comes from another site"
        }
        if let site = request.headers[HTTPHeader("Sec-Fetch-Site")],
            !["same-origin", "none"].contains(site.lowercased())
        {
            return "the request comes from another site"
        }
        return nil
    }

    /// A new secret for the address of the page: 128 random bits.
    static func makeToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in
            let digits = String(UInt8.random(in: .min ... .max, using: &generator), radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
