extension BuiltInManifests {
    /// `data-manifests/videocc.yaml`, copied by `data-manifests/embed.sh`.
    static let videocc = #"""
        name: VideoCC
        about: Pairs of web video clips and captions that were mined from image captions, for pre-training
        home: https://github.com/google-research-datasets/videoCC-data
        licence: captions as published with the repository; the videos belong to their owners and are found on YouTube
        citation: Nagrani et al., Learning Audio-Video Modalities from Image Captions, ECCV 2022
        usage:
          - Pre-training of S-ViLM, which was trained on VideoCC and ActivityNet.

        by_hand:
          - video_cc_public.csv comes from https://storage.cloud.google.com/videocc_public_files/video_cc_public.csv, which asks for a Google account.
          - The videos are found on YouTube by the addresses in the file.

        faults:
          - Start and end are microseconds.
          - The file is not exactly the data of the paper, and some clips are static pictures that are panned.

        classes_in: none; captions are free text
        """#
}
