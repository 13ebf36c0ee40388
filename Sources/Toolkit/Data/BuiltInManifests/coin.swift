extension BuiltInManifests {
    /// `data-manifests/coin.yaml`, copied by `data-manifests/embed.sh`.
    static let coin = #"""
        name: COIN
        about: Instruction videos of 180 tasks in 12 domains, each with its steps
        home: https://coin-dataset.github.io
        licence: for research use
        citation: Tang et al., COIN, CVPR 2019
        usage:
          - Steps as actions (778 labels); step localization at tIoU 0.1 to 0.5 is the measure of the paper.

        splits:
          training:
            names: [training]
            videos: 9030
          testing:
            names: [testing, validation]
            videos: 2797

        annotations:
          COIN.json:
            layout: ActivityNet
            videos: 11827
            note: the list of segments is called annotation; start and end of an entry bound the part of the video that was labelled

        files:
          COIN.json:
            url: https://raw.githubusercontent.com/coin-dataset/annotations/master/COIN.json
        by_hand:
          - The videos are found on YouTube by their ids.

        faults:
          - Videos vanish from YouTube.
          - The description of the file calls the second subset validation, the paper testing.

        unchecked:
          - The division into 9030 and 2797 videos and the number of steps are those of the paper; the repository confirms 11827 videos of 180 tasks in 12 domains.

        classes_in: COIN.json (778 steps); taxonomy.xlsx of the same repository groups them
        """#
}
