import Dispatch
import Files
import Foundation
import Synchronization
import Video

/// Copies that browsers play of videos that they do not play, made one after the other when they are asked for.
///
/// They lie in the system's folder for temporary files. A viewer ends with its process, so what it leaves there is removed when the
/// next one begins.
actor PlayableCopies {
    private enum State {
        case making(Share)
        case ready(ScratchFile)
        case failed(String)
    }

    /// How much of a copy is made.
    private final class Share: Sendable {
        let value = Mutex<Double?>(nil)
    }

    private var states: [Int: State] = [:]
    /// Files of copies that are being made.
    private var files: [Int: ScratchFile] = [:]
    /// Videos whose copies are there, the one that was asked for last at the end.
    private var recent: [Int] = []
    private let queue = DispatchQueue(label: "playable copies")

    /// What the temporary files are called.
    static let name = "view.mp4"
    /// So many copies are kept.
    private static let most = 8

    /// What is known of the copy of a video.
    func reply(of number: Int) -> ViewerReplies.Copy {
        switch states[number] {
        case nil: ViewerReplies.Copy(state: "none")
        case .making(let share):
            share.value.withLock { value in
                ViewerReplies.Copy(state: value == nil ? "waiting" : "making", share: value)
            }
        case .ready: ViewerReplies.Copy(state: "ready", address: Self.address(of: number))
        case .failed(let reason): ViewerReplies.Copy(state: "failed", reason: reason)
        }
    }

    /// Where the copy of a video is, where there is one.
    func address(of number: Int) -> String? {
        if case .ready = states[number] { Self.address(of: number) } else { nil }
    }

    private static func address(of number: Int) -> String { "/copies/\(number)" }

    /// The file of a copy that is ready.
    func path(of number: Int) -> String? {
        guard case .ready(let file) = states[number] else { return nil }
        recent.removeAll { $0 == number }
        recent.append(number)
        return file.path
    }

    /// Begins to make a copy, unless that was begun before.
    ///
    /// - Parameter path: the video.
    func begin(_ number: Int, of path: String) {
        guard states[number] == nil else { return }
        do {
            let file = try ScratchFile(Self.name), target = file.path, share = Share()
            states[number] = .making(share)
            make(path, at: target, share) { [weak self] problem in await self?.finish(number, problem) }
            files[number] = file
        } catch {
            states[number] = .failed("\(error)")
        }
    }

    private nonisolated func make(
        _ path: String, at target: String, _ share: Share, then: @escaping @Sendable (String?) async -> Void
    ) {
        queue.async {
            var problem: String?
            do {
                share.value.withLock { $0 = 0 }
                try PlayableCopy.write(path, to: target) { done in share.value.withLock { $0 = done } }
            } catch {
                problem = "\(error)"
            }
            Task { [problem] in await then(problem) }
        }
    }

    private func finish(_ number: Int, _ problem: String?) {
        guard let file = files.removeValue(forKey: number) else { return }
        if let problem {
            states[number] = .failed(problem)
            return
        }
        states[number] = .ready(file)
        recent.append(number)
        while recent.count > Self.most { states[recent.removeFirst()] = nil }
    }
}
