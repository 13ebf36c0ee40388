/// The files of `eval/protocols`, written by `eval/protocols/embed.sh`.
enum BuiltInProtocols {
    /// The text of each protocol, by name.
    static let texts: [String: String] = [
        "50salads": #"""
        name: 50salads
        about: 50Salads, a label a frame at 30 frames a second; accuracy, edit and F1 as in MS-TCN, where only 'background' is left out
        task: segmentation
        frame_rate: 30
        background_labels: [background]
        compatibility: official
        """#,
        "activitynet-1.3-classification": #"""
        name: activitynet-1.3-classification
        about: ActivityNet 1.3 validation, labels of whole videos; mAP and hit@3 as the ActivityNet toolkit has them
        subset: validation
        task: classification
        compatibility: official
        """#,
        "activitynet-1.3-official": #"""
        name: activitynet-1.3-official
        about: ActivityNet 1.3 validation exactly as the ActivityNet toolkit evaluates it, without its list of blocked videos
        subset: validation
        # 0.8999999999999999 is what numpy.linspace gives the toolkit instead of 0.9.
        tiou: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95]
        compatibility: official
        """#,
        "activitynet-1.3-proposals": #"""
        name: activitynet-1.3-proposals
        about: ActivityNet 1.3 validation, proposals without labels; AR@AN and its area up to 100 proposals a video
        subset: validation
        task: proposals
        compatibility: official
        """#,
        "activitynet-1.3": #"""
        name: activitynet-1.3
        about: ActivityNet 1.3 validation, averaged over tIoU 0.5 to 0.95; corner cases by the plain rule
        subset: validation
        tiou: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
        """#,
        "breakfast": #"""
        name: breakfast
        about: Breakfast, a label a frame at 15 frames a second; accuracy, edit and F1 as in MS-TCN, where SIL is a class like any other
        task: segmentation
        frame_rate: 15
        background_labels: [background]
        compatibility: official
        """#,
        "charades-frames": #"""
        name: charades-frames
        about: Charades test, mAP of 25 times a video over 157 dense labels as Charades_v1_localize computes it
        subset: testing
        task: frames
        frames_per_video: 25
        compatibility: official
        """#,
        "charades": #"""
        name: charades
        about: Charades test, 157 dense labels
        subset: testing
        tiou: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
        """#,
        "demo": #"""
        name: demo
        about: the test videos of the generated demo world
        subset: test
        tiou: [0.3, 0.4, 0.5, 0.6, 0.7]
        """#,
        "ego4d-mq": #"""
        name: ego4d-mq
        about: Ego4D moment queries validation, with Recall@1x and Recall@5x
        subset: validation
        tiou: [0.1, 0.2, 0.3, 0.4, 0.5]
        recall_multiples: [1, 5]
        """#,
        "epic-kitchens-100-action": #"""
        name: epic-kitchens-100-action
        about: EPIC-Kitchens-100 action detection, pairs of verb and noun
        subset: validation
        tiou: [0.1, 0.2, 0.3, 0.4, 0.5]
        label_field: action
        """#,
        "epic-kitchens-100-noun": #"""
        name: epic-kitchens-100-noun
        about: EPIC-Kitchens-100 action detection, nouns
        subset: validation
        tiou: [0.1, 0.2, 0.3, 0.4, 0.5]
        label_field: noun
        """#,
        "epic-kitchens-100-verb": #"""
        name: epic-kitchens-100-verb
        about: EPIC-Kitchens-100 action detection, verbs
        subset: validation
        tiou: [0.1, 0.2, 0.3, 0.4, 0.5]
        label_field: verb
        """#,
        "epic-kitchens-100": #"""
        name: epic-kitchens-100
        about: EPIC-Kitchens-100 action detection, pairs of verb and noun (the joint task, same as epic-kitchens-100-action)
        subset: validation
        tiou: [0.1, 0.2, 0.3, 0.4, 0.5]
        label_field: action
        """#,
        "fineaction": #"""
        name: fineaction
        about: FineAction validation, thresholds as in ActivityNet
        subset: validation
        tiou: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
        """#,
        "gtea": #"""
        name: gtea
        about: GTEA, a label a frame at 15 frames a second; accuracy, edit and F1 as in MS-TCN
        task: segmentation
        frame_rate: 15
        background_labels: [background]
        compatibility: official
        """#,
        "hacs": #"""
        name: hacs
        about: HACS Segments validation, thresholds as in ActivityNet
        subset: validation
        tiou: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
        """#,
        "multithumos-frames": #"""
        name: multithumos-frames
        about: MultiTHUMOS test, mAP of frames over 65 dense labels, at 10 frames a second; a frame belongs to a segment strictly between its ends
        subset: testing
        task: frames
        frame_rate: 10
        compatibility: official
        """#,
        "multithumos": #"""
        name: multithumos
        about: MultiTHUMOS test, 65 dense labels
        subset: testing
        tiou: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
        """#,
        "proposals": #"""
        name: proposals
        about: proposals without labels on every video of the ground truth; AR@AN and its area up to 100 proposals a video
        task: proposals
        """#,
        "qvhighlights": #"""
        name: qvhighlights
        about: QVHighlights moment retrieval; R@1 and mAP over tIoU 0.5 to 0.95, at most 10 windows a query, ties in the order of the file
        task: moment_retrieval
        compatibility: official
        """#,
        "thumos14-actionformer-212": #"""
        name: thumos14-actionformer-212
        about: THUMOS14 test as in ActionFormer and TriDet (212 videos, ground truth file thumos14.json)
        subset: test
        tiou: [0.3, 0.4, 0.5, 0.6, 0.7]
        compatibility: actionformer
        expected_videos: [212]
        expected_segments: [3358]
        exclude_videos: [video_test_0001292]
        exclusion_reasons:
          video_test_0001292: its only segments are Ambiguous
        """#,
        "thumos14-gtad-210": #"""
        name: thumos14-gtad-210
        about: THUMOS14 test as in G-TAD (210 videos, ground truth file thumos_gt.json)
        subset: test
        tiou: [0.3, 0.4, 0.5, 0.6, 0.7]
        compatibility: official
        expected_videos: [210]
        expected_segments: [3311]
        exclude_videos: [video_test_0000270, video_test_0001292, video_test_0001496]
        exclusion_reasons:
          video_test_0000270: 22 of its 29 segments end after the video (176 s), the last at 714 s
          video_test_0001292: its only segments are Ambiguous
          video_test_0001496: left out of G-TAD's ground truth; half of its rows are Ambiguous
        """#,
        "thumos14-opentad-211": #"""
        name: thumos14-opentad-211
        about: THUMOS14 test as in OpenTAD (211 videos, ground truth file thumos_14_anno.json, which calls the test set validation)
        # In other files the validation subset is the training set; the expected counts below tell.
        subset: validation
        tiou: [0.3, 0.4, 0.5, 0.6, 0.7]
        compatibility: opentad
        expected_videos: [211]
        expected_segments: [3325]
        exclude_videos: [video_test_0000270, video_test_0001292]
        exclusion_reasons:
          video_test_0000270: 22 of its 29 segments end after the video (176 s), the last at 714 s
          video_test_0001292: its only segments are Ambiguous
        """#,
        "thumos14": #"""
        name: thumos14
        about: THUMOS14 test; Ambiguous segments are ignored as in the challenge, AP is interpolated as in all later papers
        subset: test
        tiou: [0.3, 0.4, 0.5, 0.6, 0.7]
        # Present in the csv files of the challenge only; files without it evaluate the same apart from the false positives there.
        ambiguous_label: Ambiguous
        expected_segments: [3358]
        """#,
    ]
}
