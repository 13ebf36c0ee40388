import Files
import FlyingFox
import Foundation
import Localization

/// Answers the requests of the page. Addresses are compared as they were sent: nothing in them is decoded, and none holds a path.
struct ViewerHandler: HTTPHandler {
    let session: ViewerSession
    let guardian: RequestGuard
    let token: String

    /// The largest body that is read, in bytes.
    static let bodyLimit = 4 << 20

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body = try await body(of: request)
        if let problem = guardian.problem(request) { return failure(.forbidden, problem) }
        guard let body else { return failure(.payloadTooLarge, "a request may have \(Self.bodyLimit) bytes") }
        var parts = request.target.path().split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(
            String.init)
        let isTrusted = parts.first == token
        if isTrusted { parts.removeFirst() }
        let reading = request.method == .GET || request.method == .HEAD
        switch (request.method, parts) {
        case (_, ["api", "videos"]) where reading: return json(await session.videos(), request)
        case (_, let parts) where reading && parts.count == 2 && parts[0] == "videos":
            guard let number = number(parts[1]) else { return failure(.notFound, "there is no such video") }
            return file(of: session.library.items[number], request)
        case (_, let parts) where reading && parts.count == 2 && parts[0] == "copies":
            guard let number = number(parts[1]), let path = await session.copies.path(of: number) else {
                return failure(.notFound, "there is no such copy")
            }
            return copy(at: path, request)
        case _ where !isTrusted:
            return failure(.forbidden, "the address lacks its secret part; use the one that was printed")
        case (_, [""]) where reading: return page("viewer.html", request)
        case (_, ["api", "session"]) where reading: return json(await session.session(), request)
        case (_, let parts) where reading && parts.count == 3 && parts[0] == "api" && parts[1] == "videos":
            guard let number = number(parts[2]) else { return failure(.notFound, "there is no such video") }
            return json(await session.labels(of: number), request)
        case (_, let parts)
        where reading && parts.count == 5 && parts[0] == "api" && parts[1] == "videos" && parts[3] == "curves":
            return await curves(parts[2], parts[4], request)
        case (_, let parts) where reading && parts.count == 1: return page(parts[0], request)
        case (.PUT, let parts)
        where parts.count == 4 && parts[0] == "api" && parts[1] == "videos" && parts[3] == "segments":
            guard let number = number(parts[2]) else { return failure(.notFound, "there is no such video") }
            return await replace(number, body, request)
        case (_, let parts)
        where parts.count == 4 && parts[0] == "api" && parts[1] == "videos" && parts[3] == "copy"
            && (reading || request.method == .POST):
            guard let number = number(parts[2]) else { return failure(.notFound, "there is no such video") }
            return await copy(of: number, request)
        case (.POST, ["api", "save"]): return await save(body, request)
        case _ where reading || request.method == .PUT || request.method == .POST:
            return failure(.notFound, "there is nothing at this address")
        default: return failure(.methodNotAllowed, "\(request.method.rawValue) is not known here")
        }
    }

    // MARK: - Requests

    /// The body; nil where it is too large. What is too large is read to its end but not kept, so that the reply arrives.
    private func body(of request: HTTPRequest) async throws -> Data? {
        var body = Data(), isTooLarge = false
        for try await part in request.bodySequence {
            isTooLarge = isTooLarge || body.count + part.count > Self.bodyLimit
            if !isTooLarge { body.append(part) }
        }
        return isTooLarge ? nil : body
    }

    /// The number of a video in decimal digits, without sign or leading zero.
    private func number(_ text: String) -> Int? {
        guard let number = Int(text), String(number) == text, session.library.items.indices.contains(number) else {
            return nil
        }
        return number
    }

    /// A part of the curves of a video; the query says which.
    private func curves(_ video: String, _ track: String, _ request: HTTPRequest) async -> HTTPResponse {
        guard let number = number(video) else { return failure(.notFound, "there is no such video") }
        let id = session.library.items[number].id
        guard let track = Int(track), session.curves.numbers(of: id).contains(track) else {
            return failure(.notFound, "there are no such curves")
        }
        let values = Dictionary(request.query.map { ($0.name, $0.value) }) { first, _ in first }
        let classes = session.curves.tracks[track].file.content.classes.count
        guard let part = CurvePart(values, classes: classes) else {
            return failure(.badRequest, "expected 'from' and 'until' in seconds, 'points', and perhaps 'class'")
        }
        do {
            return json(try await session.curveReader.reply(track: track, video: id, part: part), request)
        } catch {
            return failure(error)
        }
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ body: Data, _ request: HTTPRequest) -> Value? {
        let media = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard media == "application/json" else { return nil }
        return try? JSONDecoder().decode(type, from: body)
    }

    private func replace(_ number: Int, _ body: Data, _ request: HTTPRequest) async -> HTTPResponse {
        guard let edit = decoded(ViewerReplies.Edit.self, body, request) else {
            return failure(.badRequest, "expected application/json with 'revision' and 'segments'")
        }
        do {
            let id = session.library.items[number].id
            let revision = try await session.store.replace(edit.segments, of: id, revision: edit.revision)
            return json(ViewerReplies.Edited(revision: revision), request)
        } catch {
            return failure(error)
        }
    }

    private func save(_ body: Data, _ request: HTTPRequest) async -> HTTPResponse {
        guard let wish = decoded(ViewerReplies.SaveRequest.self, body, request) else {
            return failure(.badRequest, "expected application/json")
        }
        do {
            let saved = try await session.store.save(replacing: wish.replace ?? false)
            return json(
                ViewerReplies.Saved(
                    path: session.output ?? "", videos: saved.videos, segments: saved.segments, losses: saved.losses),
                request)
        } catch {
            return failure(error)
        }
    }

    /// Says how far the copy of a video is that browsers play; begins to make it where it is asked to.
    private func copy(of number: Int, _ request: HTTPRequest) async -> HTTPResponse {
        do {
            let path = try session.library.file(session.library.items[number]).path
            if request.method == .POST { await session.copies.begin(number, of: path) }
            return json(await session.copies.reply(of: number), request)
        } catch {
            return failure(error)
        }
    }

    // MARK: - Replies

    private static let rules: [HTTPHeader: String] = [
        HTTPHeader("Content-Security-Policy"):
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        HTTPHeader("X-Content-Type-Options"): "nosniff",
        HTTPHeader("Referrer-Policy"): "no-referrer",
        HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin",
        .cacheControl: "no-store",
    ]

    private func reply(
        _ status: HTTPStatusCode, _ type: String, _ content: Data, isHead: Bool = false
    ) -> HTTPResponse {
        var headers = HTTPHeaders(Self.rules)
        headers[.contentType] = type
        headers[.contentLength] = String(content.count)
        return HTTPResponse(statusCode: status, headers: headers, body: isHead ? Data() : content)
    }

    private func json(_ value: some Encodable, _ request: HTTPRequest) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let content = try? encoder.encode(value) else {
            return failure(.internalServerError, "a value cannot be said in JSON")
        }
        return reply(.ok, "application/json", content, isHead: request.method == .HEAD)
    }

    private func failure(_ status: HTTPStatusCode, _ text: String) -> HTTPResponse {
        let content = (try? JSONEncoder().encode(ViewerReplies.Failure(error: text))) ?? Data()
        return reply(status, "application/json", content)
    }

    private func failure(_ error: any Error) -> HTTPResponse {
        switch error {
        case ViewerError.readOnly, ViewerError.outsideFolder: failure(.forbidden, "\(error)")
        case ViewerError.changedElsewhere, ViewerError.fileChanged: failure(.conflict, "\(error)")
        case ViewerError.unusable: failure(.badRequest, "\(error)")
        case FileError.missing: failure(.notFound, "\(error)")
        default: failure(.internalServerError, "\(error)")
        }
    }

    private func page(_ name: String, _ request: HTTPRequest) -> HTTPResponse {
        guard let file = PageFiles.file(name) else { return failure(.notFound, "there is nothing at this address") }
        return reply(.ok, file.type, file.content, isHead: request.method == .HEAD)
    }

    /// A video or a part of it, read as it is sent.
    private func file(of item: VideoLibrary.Item, _ request: HTTPRequest) -> HTTPResponse {
        do {
            let (path, information) = try session.library.file(item)
            return try file(at: path, information, type: VideoLibrary.contentType(of: item.path), request)
        } catch {
            return failure(error)
        }
    }

    private func copy(at path: String, _ request: HTTPRequest) -> HTTPResponse {
        var information = stat()
        guard stat(path, &information) == 0 else { return failure(.notFound, "there is no such copy") }
        do {
            return try file(at: path, information, type: "video/mp4", request)
        } catch {
            return failure(error)
        }
    }

    private func file(
        at path: String, _ information: stat, type: String, _ request: HTTPRequest
    ) throws -> HTTPResponse {
        let size = Int(information.st_size)
        var headers = HTTPHeaders(Self.rules)
        headers[.contentType] = type
        headers[.acceptRanges] = "bytes"
        let tag = "\"\(FileStamp(information))\""
        headers[.eTag] = tag
        // A part goes only with the version of the file that the client has.
        let condition = request.headers[HTTPHeader("If-Range")]
        let wanted = condition == nil || condition == tag ? request.headers[.range] : nil
        let range: Range<Int>
        switch ByteRange(wanted, size: size) {
        case .whole: range = 0..<size
        case .part(let part):
            range = part
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            headers[.contentType] = nil
            return HTTPResponse(statusCode: .rangeNotSatisfiable, headers: headers)
        }
        headers[.contentLength] = String(range.count)
        let status: HTTPStatusCode = headers[.contentRange] == nil ? .ok : .partialContent
        if request.method == .HEAD { return HTTPResponse(statusCode: status, headers: headers) }
        let body = try HTTPBodySequence(
            file: URL(fileURLWithPath: path), range: range, suggestedBufferSize: 1 << 16)
        return HTTPResponse(statusCode: status, headers: headers, body: body)
    }
}
