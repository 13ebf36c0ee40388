extension BuiltInManifests {
    /// `data-manifests/ego4d-mq.yaml`, copied by `data-manifests/embed.sh`.
    static let ego4dMq = #"""
        name: Ego4D moment queries
        about: Clips of everyday life seen from the head, 110 activities of seconds to minutes
        home: https://ego4d-data.org
        licence: the Ego4D licence agreement, to be signed
        citation: Grauman et al., Ego4D, CVPR 2022
        protocols: [ego4d-mq]
        usage:
          - mAP at tIoU 0.1 to 0.5 and Recall@1x at 0.5 on the validation clips - the challenge, ActionFormer, OpenTAD.

        # Clips of version 1. See unchecked.
        splits:
          training:
            names: [train, training]
            videos: 1486
          validation:
            names: [val, validation]
            videos: 521
          testing:
            names: [test_unannotated, test, testing]
            videos: 481

        annotations:
          moment_queries_train.json:
            layout: Ego4D moment queries
            note: a clip is a video of its own; only labels marked primary count
          moment_queries_val.json:
            layout: Ego4D moment queries
            note: a clip is a video of its own; only labels marked primary count

        by_hand:
          - Annotations and videos need a signed licence agreement (https://ego4d-data.org); the keys that follow are used by 'ego4d --output_directory DIR --datasets annotations'.

        features:
          slowfast:
            fps: 30
            stride: 16
            window: 32
            channels: 2304
            note: SlowFast 8x8 R101 as Ego4D publishes it; 1.875 features a second, each of 32 frames
          egovlp:
            fps: 30
            stride: 16
            window: 16
            channels: 256
            note: EgoVLP, as ActionFormer and OpenTAD use it
          internvideo:
            fps: 30
            stride: 8
            window: 8
            channels: 1024
            note: VideoMAE-L of InternVideo, from OpenTAD; a vector sees 16 frames, and OpenTAD puts it into the middle of its 8

        faults:
          - Annotations give times in the video and in the clip; the clip's are used.
          - Version 2 has more clips than version 1, so figures of the two do not compare.

        unchecked:
          - The numbers of clips; the annotations need a licence, so they were not counted here.

        classes_in: the annotation files (110 labels)
        """#
}
