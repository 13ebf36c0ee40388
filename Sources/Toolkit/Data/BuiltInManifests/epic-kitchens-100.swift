extension BuiltInManifests {
    /// `data-manifests/epic-kitchens-100.yaml`, copied by `data-manifests/embed.sh`.
    static let epicKitchens100 = #"""
        name: EPIC-Kitchens-100
        about: 100 hours of unscripted work in kitchens seen from the head; a segment has a verb of 97 and a noun of 300
        home: https://epic-kitchens.github.io
        licence: CC BY-NC 4.0
        citation: Damen et al., Rescaling Egocentric Vision, IJCV 2022
        protocols: [epic-kitchens-100-verb, epic-kitchens-100-noun, epic-kitchens-100-action]
        usage:
          - Verbs and nouns by heads of their own at tIoU 0.1 to 0.5 on the validation videos - ActionFormer, TriDet, OpenTAD.
          - Pairs of verb and noun - the challenge.

        # 89977 segments in 700 videos; counted in the validation file, the others as published.
        splits:
          training:
            names: [training, train]
            videos: 495
            segments: 67217
          validation:
            names: [validation, val]
            videos: 138
            segments: 9668
          testing:
            names: [testing, test]
            videos: 67
            segments: 13092

        annotations:
          EPIC_100_validation.csv:
            layout: EPIC-Kitchens
            sha256: 35f7932ba0a1127a96cac215a98d35398946f343e3cea9ad6688ed17eee9d75d
            videos: 138
            segments: 9668
            note: names no subset and no durations; give validation=FILE, and EPIC_100_video_info.csv as the table of videos
          EPIC_100_train.csv:
            layout: EPIC-Kitchens
            videos: 495
            segments: 67217
            note: names no subset and no durations; give training=FILE

        files:
          EPIC_100_train.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_train.csv
          EPIC_100_validation.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_validation.csv
            size: 1184998
            sha256: 35f7932ba0a1127a96cac215a98d35398946f343e3cea9ad6688ed17eee9d75d
          EPIC_100_verb_classes.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_verb_classes.csv
            size: 13402
            sha256: aab8bf210d0234b6facb9b191ae402c03a5f8965d123586b4762d3468a85033e
          EPIC_100_noun_classes.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_noun_classes.csv
            size: 49357
            sha256: 40f0a81c5bd06b33050df9f0bd17cd3c2fccd759f9581e4e5e04fec7562be893
          EPIC_100_video_info.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_video_info.csv
            size: 27721
            sha256: 75fd040f6662cb407b4ca2eed4811ca94df280a1aba00b6bf8a5cd286deff382
        by_hand:
          - Videos come with the scripts of https://github.com/epic-kitchens/epic-kitchens-download-scripts (about 1 TB).

        features:
          slowfast:
            fps: 30
            stride: 16
            window: 32
            channels: 2304
            note: SlowFast fine-tuned on EPIC verbs or nouns, from ActionFormer (npz files)
          videomae-l:
            fps: 30
            stride: 8
            window: 8
            channels: 1024
            note: VideoMAE-L fine-tuned on EPIC verbs or nouns, from OpenTAD; a vector sees 16 frames around the middle of its 8

        faults:
          - Some of the 97 verbs and 300 nouns do not occur in the training videos, or not in the validation videos.
          - The csv files name no durations; results may reach past the end of a video unless the table of videos is given.

        unchecked:
          - The counts of the training and testing videos and segments are those of the paper; with those of the validation file they add up to the 700 videos of EPIC_100_video_info.csv.
          - Where in time OpenTAD puts the VideoMAE-L features is taken from its settings for InternVideo2 features of the same grid.

        classes_in: EPIC_100_verb_classes.csv (97 verbs) and EPIC_100_noun_classes.csv (300 nouns)
        """#
}
