import Configuration
import Encoders
import Evaluation
import Files
import Localization
import SViLM
import Tensors
import Video

@testable import Annotations
@testable import Features

/// What may become of an input that is refused: an error of the project, in one line of sensible length.
enum Oracle {
    /// - Throws: ``BrokenPromise``, or what the reader threw where that is one.
    static func check(_ error: any Error) throws {
        switch error {
        case is FileError, is TensorFileError, is FeatureError, is AnnotationsError, is ConfigurationError,
            is LocalizationError, is EncoderError, is SViLMError, is EvaluationError, is VideoError,
            is ArrayFailure:
            let text = String(describing: error)
            try BrokenPromise.unless(
                text.utf8.count < 8_000, "an error of \(text.utf8.count) bytes: \(text.prefix(500))")
        default:
            throw error is BrokenPromise
                ? error : BrokenPromise("an error of a foreign type, \(type(of: error)): \(error)")
        }
    }

    /// Times of annotations are finite, so that no sum or comparison after them goes wrong without a word.
    static func check(_ set: AnnotationSet) throws {
        for video in set.videos {
            for item in video.segments {
                try BrokenPromise.unless(
                    item.segment.start.isFinite && item.segment.end.isFinite,
                    "a segment of \(item.segment.start) to \(item.segment.end) s")
            }
            if let duration = video.duration {
                try BrokenPromise.unless(duration.isFinite, "a duration of \(duration) s")
            }
        }
    }

    /// A tensor has the elements that its shape says.
    static func check(_ tensor: Tensor) throws {
        try BrokenPromise.unless(
            tensor.shape.reduce(1, *) == tensor.elements.count,
            "a tensor \(tensor.shape) of \(tensor.elements.count) elements")
    }
}
