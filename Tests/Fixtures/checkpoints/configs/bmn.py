dataset = dict(test=dict(type="AnetResizeDataset", resize_length=12, class_agnostic=True))
model = dict(
    type="BMN",
    projection=dict(type="ConvSingleProj", in_channels=6, out_channels=8, num_convs=2, conv_cfg=dict(groups=2)),
    rpn_head=dict(
        type="TemporalEvaluationHead",
        in_channels=8,
        num_classes=2,
        conv_cfg=dict(groups=2),
        loss=dict(pos_thresh=0.5, gt_type=["startness", "endness"]),
    ),
    roi_head=dict(
        type="StandardProposalMapHead",
        proposal_generator=dict(type="DenseProposalMap", tscale=12, dscale=10),
        proposal_roi_extractor=dict(
            type="BMNExtractor",
            in_channels=8,
            hid_channels=6,
            roi_channels=8,
            out_channels=6,
            tscale=12,
            dscale=10,
            num_sample=4,
            prop_extend_ratio=0.5,
        ),
        proposal_head=dict(
            type="PEMHead",
            in_channels=6,
            feat_channels=6,
            num_convs=2,
            num_classes=2,
            loss=dict(reg_loss=dict(type="BalancedL2Loss", weight=5.0)),
        ),
    ),
)
post_processing = dict(
    nms=dict(use_soft_nms=True, sigma=0.5, max_seg_num=100, min_score=0.01, multiclass=False, voting_thresh=0.95),
    external_cls=dict(type="CUHKANETClassifier", path="cuhk.json", topk=2),
)
