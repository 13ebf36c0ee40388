extension BuiltInManifests {
    /// `data-manifests/hacs.yaml`, copied by `data-manifests/embed.sh`.
    static let hacs = #"""
        name: HACS Segments
        about: Web videos of the 200 activities of ActivityNet, with complete segments on about 50 thousand videos
        home: http://hacs.csail.mit.edu
        licence: annotations as published with the repository; the videos belong to their owners and are found on YouTube by their ids
        citation: Zhao et al., HACS, ICCV 2019
        protocols: [hacs]
        usage:
          - mAP of segments at tIoU 0.5 to 0.95 on the validation videos - TCANet, TriDet, OpenTAD.

        # As the authors' dataset_stats.py prints them for version 1.1.1.
        splits:
          training:
            names: [training]
            videos: 37613
          validation:
            names: [validation]
            videos: 5981
          testing:
            names: [testing]
            videos: 5987

        annotations:
          HACS_segments_v1.1.1.json:
            layout: ActivityNet
            note: in HACS_v1.1.1.zip; the labels of the testing subset are not public

        files:
          HACS_v1.1.1.zip:
            url: https://github.com/hangzhaomit/HACS-dataset/raw/master/HACS_v1.1.1.zip
            note: annotations of clips and segments
        by_hand:
          - Videos that have vanished from YouTube are asked for with the form on the page of the data set.

        features:
          slowfast:
            fps: 15
            stride: 8
            window: 32
            channels: 2304
            note: SlowFast-R101 fine-tuned on HACS, from TCANet
          videomae-l:
            fps: 30
            stride: 16
            window: 16
            channels: 1024
            note: VideoMAE-L, from InternVideo; its frames are those of each video, taken for 30 a second
          internvideo2-6b:
            fps: 30
            stride: 8
            window: 16
            channels: 3200
            prefix: v_
            suffix: _spatial_pool_feature_6
            note: from VideoMambaSuite (pt files); its frames are those of each video, taken for 30 a second as in OpenTAD

        faults:
          - Videos vanish from YouTube, so papers evaluate different numbers of videos; OpenTAD's InternVideo2 features lack 28 of the validation videos.
          - Durations are written as text.

        unchecked:
          - The channels and the rate of the VideoMAE-L features; its window and stride are those that OpenTAD lists.

        classes_in: the 200 labels of ActivityNet 1.3 ('tal data show activitynet-1.3')
        """#
}
