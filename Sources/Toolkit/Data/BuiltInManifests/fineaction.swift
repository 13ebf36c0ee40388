extension BuiltInManifests {
    /// `data-manifests/fineaction.yaml`, copied by `data-manifests/embed.sh`.
    static let fineaction = #"""
        name: FineAction
        about: Web videos with 106 fine-grained actions, often short and overlapping
        home: https://deeperaction.github.io/datasets/fineaction
        licence: for research use after agreeing to the terms; the videos belong to their owners
        citation: Liu et al., FineAction, IEEE Transactions on Image Processing 2022
        protocols: [fineaction]
        usage:
          - mAP of segments at tIoU 0.5 to 0.95 on the validation videos - VideoMAE V2, InternVideo, OpenTAD.

        # As the paper gives them; 103324 segments in 16732 videos. See unchecked.
        splits:
          training:
            names: [training]
            videos: 8440
            segments: 57752
          validation:
            names: [validation]
            videos: 4174
            segments: 24236
          testing:
            names: [testing]
            videos: 4118
            segments: 21336

        by_hand:
          - Annotations (annotations_gt.json), videos and features are at https://openxlab.org.cn/datasets/OpenDataLab/FineAction, linked from https://github.com/Richard-61/FineAction.
          - The labels of the testing subset are not public.

        features:
          videomae-h:
            fps: 30
            stride: 16
            window: 16
            channels: 1280
            note: VideoMAE-H, from InternVideo; its frames are those of each video, and the published configurations take them for 30 a second
          videomaev2-g:
            fps: 30
            stride: 16
            window: 16
            channels: 1408
            note: Hugging Face data set OpenGVLab/VideoMAEv2-TAL-Features, fineaction_mae_g.tar.gz; rate as above
          internvideo2-1b:
            fps: 30
            stride: 4
            window: 16
            channels: 1408
            suffix: _spatial_pool_feature_5
            note: from VideoMambaSuite (pt files); OpenTAD takes every second one

        faults:
          - Many segments are shorter than a feature step of 16 frames.
          - OpenTAD leaves out v_00004011, v_00006080 and v_00002783 of the training videos as wrongly annotated.

        unchecked:
          - The counts of videos and segments; the authors' pages say 103K segments, 17K videos and 106 actions.

        classes_in: the annotation file (106 labels)
        """#
}
