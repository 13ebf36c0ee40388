extension BuiltInManifests {
    /// `data-manifests/msr-vtt.yaml`, copied by `data-manifests/embed.sh`.
    static let msrVtt = #"""
        name: MSR-VTT
        about: 10 thousand web video clips of 10 to 30 s with 20 sentences each, for retrieval and question answering
        home: https://www.microsoft.com/en-us/research/publication/msr-vtt-a-large-video-description-dataset-for-bridging-video-and-language
        licence: for research use; the videos belong to their owners
        citation: Xu et al., MSR-VTT, CVPR 2016
        usage:
          - The whole split (6513, 497 and 2990 clips) - the challenge and MSRVTT-QA.
          - Training on 9000 clips, recall on 1000 pairs (1k-A) - S-ViLM, Frozen in Time and most retrieval papers.

        splits:
          training:
            names: [train]
            videos: 6513
          validation:
            names: [validate]
            videos: 497
          testing:
            names: [test]
            videos: 2990

        files:
          MSRVTT.zip:
            url: https://www.robots.ox.ac.uk/~maxbain/frozen-in-time/data/MSRVTT.zip
            note: videos, sentences and the lists of 1k-A, as Frozen in Time and most later papers use them

        faults:
          - Papers that train on 7010 clips do not compare with those that train on 9000.

        classes_in: the 20 categories of the annotation file; sentences are the labels
        """#
}
