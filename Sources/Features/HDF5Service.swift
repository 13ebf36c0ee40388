import Files
import Foundation
import Tensors

/// Answers requests about HDF5 files with the HDF5 library; see ``HDF5Reader``. Belongs to one thread.
final class HDF5Service {
    private var store: StoreContent?
    private var arrays: ArrayContent?
    private var merged: MergedContent?

    /// - Returns: the answer, and the values that belong to one with a sequence.
    func answer(_ request: HDF5Request) -> (reply: HDF5Reply, values: Tensor?) {
        do {
            for path in request.paths { try requireFile(path) }
            switch request {
            case .open(let path):
                (store, arrays) = (nil, nil)
                let root = try HDF5File(path, .reading).root()
                if try !StoreLayout.isStore(root) {
                    let content = try ArrayContent(root)
                    arrays = content
                    return (.arrays(content.names, kind: content.kind, leftOut: content.leftOut), nil)
                }
                let content = try StoreContent(path)
                store = content
                return (.opened(content.opened), nil)
            case .shape(let name): return (.shape(try openArrays().dataset(name).extent()), nil)
            case .array(let name):
                let values = try openArrays().dataset(name).read()
                return (.array(shape: values.shape), values)
            case .header(let video): return (.header(try openStore().header(for: video)), nil)
            case .sequence(let video):
                let (header, values) = try openStore().sequence(for: video)
                return (.sequence(header), values)
            case .check(let video): return (.header(try openStore().check(video)), nil)
            case .rows(let video, let first, let count):
                let values = try openStore().rows(first, count: count, of: video)
                return (.array(shape: values.shape), values)
            case .precision(let video): return (.precision(try openStore().precision(of: video)), nil)
            case .origin(let path):
                let root = try HDF5File(path, .reading).root()
                return (
                    .origin(try StoreLayout.readOrigin(from: root), shard: try StoreLayout.readShard(from: root)), nil
                )
            case .part(let path):
                let content = try StoreContent.content(ofPart: path)
                return (.part(video: content.video, origin: content.origin), nil)
            case .fold(let copy, let parts):
                try StoreContent.fold(parts, into: copy)
                return (.done, nil)
            case .beginMerge(let target, let sources):
                merged = nil
                merged = try MergedContent(target, sources: sources)
                return (.done, nil)
            case .merge(let videos):
                let merged = try openMerge()
                for video in videos { try merged.add(video) }
                return (.done, nil)
            case .endMerge:
                try openMerge().finish()
                merged = nil
                return (.done, nil)
            }
        } catch let failure as HDF5Failure {
            return (.failed(reason: failure.reason), nil)
        } catch let error as FeatureError {
            return (.refused(error), nil)
        } catch let error as FileError {
            return (.inaccessible(error), nil)
        } catch {
            return (.failed(reason: "\(error)"), nil)
        }
    }

    private func openStore() throws -> StoreContent {
        guard let store else { throw HDF5Failure(reason: "no store is open") }
        return store
    }

    private func openMerge() throws -> MergedContent {
        guard let merged else { throw HDF5Failure(reason: "no merge is under way") }
        return merged
    }

    private func openArrays() throws -> ArrayContent {
        guard let arrays else { throw HDF5Failure(reason: "no file is open") }
        return arrays
    }

    /// Opening a pipe would wait for somebody to write to it.
    private func requireFile(_ path: String) throws {
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw HDF5Failure(reason: "\(path) is no file")
        }
    }
}

/// What a copy of this program runs that was started by ``IsolatedProcess``; called from C before `main`.
@_cdecl("tal_isolated_main")
func serveIsolated(_ socket: Int32) {
    let service = HDF5Service()
    var bytes = 0
    IsolatedService.serve(socket) { message in
        var reply = HDF5Reply.failed(reason: "the request is not understood"), values: Tensor?
        if let question = try? JSONDecoder().decode(HDF5Question.self, from: message) {
            let request = question.request
            // Time and memory in proportion to what there is to read.
            if !request.paths.isEmpty { bytes = request.paths.reduce(0) { $0 + DurableFile.size(of: $1) } }
            IsolatedService.limit(
                processorSeconds: question.processorSeconds + bytes / (4 << 20),
                memoryBytes: HDF5Reader.memoryBytes + 4 * bytes)
            (reply, values) = service.answer(request)
        }
        let answer = (try? JSONEncoder().encode(reply)) ?? Data()
        return IsolatedService.Answer(answer) { send in
            values?.withElements { send(UnsafeRawBufferPointer($0)) }
        }
    }
}
