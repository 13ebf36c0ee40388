extension BuiltInManifests {
    /// `data-manifests/charades.yaml`, copied by `data-manifests/embed.sh`.
    static let charades = #"""
        name: Charades
        about: Scripted videos of daily life at home, 157 dense actions, about 30 s a video
        home: https://prior.allenai.org/projects/charades
        licence: for non-commercial use; see the licence file of the archive
        citation: Sigurdsson et al., Hollywood in Homes, ECCV 2016
        protocols: [charades, charades-frames]
        usage:
          - mAP of 25 times a video (Charades_v1_localize) - super-events, PDAN, MS-TCT and the challenge.
          - mAP of segments at tIoU 0.1 to 0.9 - OpenTAD.

        # Counted in charades.json; the official csv files have the same 9848 videos.
        splits:
          training:
            names: [training]
            videos: 7985
            segments: 49809
          testing:
            names: [testing]
            videos: 1863
            segments: 16691

        annotations:
          charades.json:
            layout: numbered actions
            sha256: 42de4feae0ae2705d847776393637edafce6d8d47cfbf9ed19b8cd182d370155
            videos: 9848
            segments: 66500
            note: classes by number from 0
          Charades_v1_train.csv:
            layout: Charades table
            note: in Charades.zip; a row a video
          Charades_v1_test.csv:
            layout: Charades table
            note: in Charades.zip; a row a video

        files:
          charades.json:
            url: https://raw.githubusercontent.com/piergiaj/super-events-cvpr18/50282dc55364cd613f8de440c2357d588547ca76/data/charades.json
            size: 1803980
            sha256: 42de4feae0ae2705d847776393637edafce6d8d47cfbf9ed19b8cd182d370155
          Charades.zip:
            url: https://ai2-public-datasets.s3-us-west-2.amazonaws.com/charades/Charades.zip
            size: 3519822
            sha256: c616913ef79c2ddde06d9c562eae57bb8901d459d7568a0d27bf09cbf33ae866
            note: the official annotations, names of classes and evaluation code
          Charades_v1_480.zip:
            url: https://ai2-public-datasets.s3-us-west-2.amazonaws.com/charades/Charades_v1_480.zip
            size: 16339546533
            note: the videos, scaled to 480 lines

        features:
          videomae-l:
            fps: 30
            stride: 4
            window: 4
            channels: 1024
            note: VideoMAE-L, published by OpenTAD; a vector sees 16 frames, and OpenTAD puts it into the middle of its 4

        faults:
          - Many segments end after their video; at the 25 times of the evaluation this does not matter.
          - charades.json gives only numbers of classes; the names are in Charades.zip.

        classes_in: Charades_v1_classes.txt in Charades.zip (157 lines 'c000 Holding some clothes')
        """#
}
