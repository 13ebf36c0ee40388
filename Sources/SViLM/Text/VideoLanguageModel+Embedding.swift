public import Tensors
import Threads

extension VideoLanguageModel {
    /// Texts in the common space, `[texts, common]`, rows of length 1.
    public func embed(_ texts: [String], chunkSize: Int = 32) -> Tensor {
        let pieces = texts.map(encode)
        let chunks = stride(from: 0, to: texts.count, by: chunkSize).map { $0..<min($0 + chunkSize, texts.count) }
        return Tensor.concatenated(Parallel.map(chunks.count) { text(Array(pieces[chunks[$0]])) }, axis: 0)
            .l2Normalized()
    }
}
