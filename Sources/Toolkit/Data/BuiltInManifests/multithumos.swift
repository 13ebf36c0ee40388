extension BuiltInManifests {
    /// `data-manifests/multithumos.yaml`, copied by `data-manifests/embed.sh`.
    static let multithumos = #"""
        name: MultiTHUMOS
        about: The videos of THUMOS14 with dense labels of 65 actions, several at a time
        home: http://ai.stanford.edu/~syyeung/everymoment.html
        licence: for research use; the videos belong to their owners
        citation: Yeung et al., Every Moment Counts, IJCV 2018
        protocols: [multithumos, multithumos-frames]
        usage:
          - mAP of segments at tIoU 0.1 to 0.9 - PointTAD, TemporalMaxer, OpenTAD.
          - mAP of frames - super-events, PDAN, MS-TCT; at the frame rate of their features, 10 a second for I3D.

        # Counted in multithumos.json.
        splits:
          training:
            names: [training]
            videos: 200
            segments: 18482
          testing:
            names: [testing]
            videos: 213
            segments: 20208

        annotations:
          multithumos.json:
            layout: numbered actions
            sha256: ecbe8f1ee20fb35781e2000e88620ac20af213c120985c0a593382ff6b7d6b98
            videos: 413
            segments: 38690
            note: classes by number from 1; 1 to 20 are those of THUMOS14 in alphabetical order

        files:
          multithumos.json:
            url: https://raw.githubusercontent.com/piergiaj/super-events-cvpr18/50282dc55364cd613f8de440c2357d588547ca76/data/multithumos.json
            size: 811668
            sha256: ecbe8f1ee20fb35781e2000e88620ac20af213c120985c0a593382ff6b7d6b98
        by_hand:
          - The videos are those of THUMOS14 ('tal data show thumos14').

        # The features of THUMOS14 serve.
        features:
          i3d:
            fps: 0
            stride: 4
            window: 16
            channels: 2048
            note: two streams, RGB and flow, joined; the last window of a video is missing

        faults:
          - The numbers of multithumos.json are not the alphabetical order of the 65 names, apart from the first 20.

        classes: [
          BaseballPitch, BasketballBlock, BasketballDribble, BasketballDunk, BasketballGuard, BasketballPass, BasketballShot,
          Billiards, BodyBend, BodyContract, BodyRoll, BodyTurn, ClapHands, CleanAndJerk, CliffDiving, CloseUpTalkToCamera,
          CricketBowling, CricketShot, DiscusRelease, DiscusWindUp, Diving, Drop, Fall, FistPump, FrisbeeCatch, GolfSwing,
          HammerThrow, HammerThrowRelease, HammerThrowSpin, HammerThrowWindUp, HighFive, HighJump, Hug, JavelinThrow, Jump,
          LongJump, NoHuman, OneHandedCatch, OneRaisedArmCelebrate, PatPerson, PickUp, PoleVault, PoleVaultPlantPole, Run,
          ShotPutBend, Shotput, Sit, SoccerPenalty, Squat, Stand, StandUp, TalkToCamera, TennisSwing, Throw, ThrowDiscus,
          TwoHandedCatch, TwoRaisedArmCelebrate, VolleyballBlock, VolleyballBump, VolleyballServe, VolleyballSet,
          VolleyballSpiking, Walk, WeightliftingClean, WeightliftingJerk
        ]
        """#
}
