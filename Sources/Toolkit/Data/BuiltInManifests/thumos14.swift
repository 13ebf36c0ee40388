extension BuiltInManifests {
    /// `data-manifests/thumos14.yaml`, copied by `data-manifests/embed.sh`.
    static let thumos14 = #"""
        name: THUMOS14
        about: Untrimmed sports videos of 20 actions, about 15 short segments a video; trained on the validation videos
        home: https://www.crcv.ucf.edu/THUMOS14
        licence: for research use; the videos belong to their owners
        citation: Jiang et al., THUMOS Challenge, 2014
        protocols: [thumos14, thumos14-actionformer-212, thumos14-opentad-211, thumos14-gtad-210]

        usage:
          - 212 test videos (thumos14.json) - ActionFormer, TriDet, TemporalMaxer.
          - 211 test videos (thumos_14_anno.json) - OpenTAD.
          - 210 test videos (thumos_gt.json) - G-TAD and papers on its code.

        # Counted in thumos14.json. Of the 1010 validation and 1574 test videos only these have times.
        splits:
          training:
            names: [Validation, validation, training, train]
            videos: 200
            segments: 3007
          testing:
            names: [Test, test, validation]
            videos: 212
            segments: 3358

        # sha256 of the uncompressed file.
        annotations:
          thumos14.json:
            layout: ActionFormer
            sha256: b0fb5ab084e3ae322b899bbbdd54f90621df3bcb83d33779edc2f22fe68adbb9
            videos: 412
            segments: 6365
            note: subsets Validation and Test; without Ambiguous segments
          thumos_14_anno.json:
            layout: OpenTAD
            sha256: ee526d55aa4315a8adc68c501d0331f96a56ce16fa960f1d2ea182b9381ab9ad
            videos: 411
            segments: 6328
            note: calls the training videos training and the test videos validation; two test videos are left out
          thumos14_flat.json:
            layout: flat
            sha256: 841b6e0b714c4feb9fe672c53e9cd515edca33909e3e87e682e6d80439f44135
            videos: 412
            segments: 6365
            note: subsets validation and test, no database level
          thumos_gt.json:
            layout: G-TAD
            sha256: 09ec867173d8532cd805769497633617f8a95519491c5558edd29a50731116a2
            videos: 410
            segments: 6318
            note: subsets train and test; times are text, there are no durations

        files:
          thumos_gt.json:
            url: https://raw.githubusercontent.com/frostinassiky/gtad/master/evaluation/thumos_gt.json
            sha256: 09ec867173d8532cd805769497633617f8a95519491c5558edd29a50731116a2
        by_hand:
          - The videos of the test set are in an archive whose password comes after the form at https://www.crcv.ucf.edu/THUMOS14/download.html.
          - thumos14.json comes with the I3D features that ActionFormer publishes (https://github.com/happyharrycn/actionformer_release).

        # frames per second (0 means that of each video), frames between features, frames seen by one feature, channels
        features:
          i3d:
            fps: 0
            stride: 4
            window: 16
            channels: 2048
            note: two streams, RGB and flow, joined; the last window of a video is missing

        faults:
          - In thumos14.json 30 segments end after their video, in thumos14_flat.json 92; its durations are shorter.
          - video_test_0000270 has 29 segments of which 22 end after its 176 s, the last at 714 s.
          - video_test_0001292 has only Ambiguous segments, so it is in the csv files (213 test videos) and in no JSON file.
          - video_test_0001496 is left out of G-TAD's ground truth, which has 210 test videos and 3311 segments.
          - The csv files have 89 and 99 additional Ambiguous segments; the challenge ignores predictions there, later papers do not.
          - Every CliffDiving segment (360) is also a Diving segment with the same times.
          - Subset names differ from file to file; validation is the training set in two files and the test set in one.
          - Of the 213 test videos 17 do not have 30 frames a second; assuming 30 for all of them shifts their segments.

        classes: [
          BaseballPitch, BasketballDunk, Billiards, CleanAndJerk, CliffDiving, CricketBowling, CricketShot, Diving, FrisbeeCatch,
          GolfSwing, HammerThrow, HighJump, JavelinThrow, LongJump, PoleVault, Shotput, SoccerPenalty, TennisSwing, ThrowDiscus,
          VolleyballSpiking
        ]
        """#
}
