import Annotations
import Evaluation
import Toolkit

// Usage: DetectActions RUN VIDEO
let arguments = CommandLine.arguments
guard arguments.count == 3 else { preconditionFailure("usage: DetectActions RUN VIDEO") }

// Actions of a video file, by a run folder that `tal train` wrote.
let detections = try ActionDetector(run: arguments[1]).detect(in: arguments[2]).detections
for action in detections.prefix(5) {
    print(action.label, action.segment.start, action.segment.end, action.score)
}

// Evaluation of arrays in memory: here the two best actions serve as the truth, so they count as found.
let truth = detections.prefix(2).map { LabelledSegment(segment: $0.segment, label: $0.label) }
var rule = EvaluationProtocol()
rule.name = "example"
rule.tiou = [0.5]
let annotations = AnnotationSet(videos: [AnnotatedVideo(id: arguments[2], duration: 60, segments: truth)])
let result = try evaluate(detections, against: annotations, protocol: rule)
print("mAP at tIoU 0.5:", result.averageMAP)
