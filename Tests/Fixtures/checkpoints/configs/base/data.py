annotation_path = "data/annotations.json"
block_list = "data/" + 'missing.txt'  # a comment

dataset = dict(
    train=dict(type="ThumosPaddingDataset", filter_gt=False, pipeline=[dict(type="LoadFeats", feat_format="npy")]),
    test=dict(
        type="ThumosPaddingDataset",
        ann_file=annotation_path,
        feature_stride=4,
        sample_stride=1,
        offset_frames=8,
        pipeline=[
            dict(type="Rearrange", keys=["feats"], ops="t c -> c t"),
        ],
    ),
)
