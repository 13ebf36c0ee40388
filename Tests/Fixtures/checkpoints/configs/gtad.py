dataset = dict(test=dict(type="AnetResizeDataset", resize_length=16, class_agnostic=True))
model = dict(
    type="GTAD",
    projection=dict(type="ConvSingleProj", num_convs=1, in_channels=8, out_channels=8, conv_cfg=dict(groups=4)),
    neck=dict(type="GCNeXt", in_channels=8, out_channels=8, k=3, groups=32),
    rpn_head=dict(
        type="GCNextTemporalEvaluationHead",
        in_channels=8,
        num_classes=2,
        loss=dict(pos_thresh=0.5, gt_type=["startness", "endness"]),
    ),
    roi_head=dict(
        type="StandardProposalMapHead",
        proposal_roi_extractor=dict(
            type="GTADExtractor", in_channels=8, out_channels=8, tscale=16, dscale=8, roi_size=2, context_size=2
        ),
        proposal_head=dict(
            type="PEMHead",
            in_channels=8,
            feat_channels=6,
            num_convs=3,
            num_classes=2,
            kernel_size=1,
            loss=dict(reg_loss=dict(type="BalancedL2Loss", weight=5.0)),
        ),
    ),
)
post_processing = dict(nms=dict(use_soft_nms=True, sigma=0.85, max_seg_num=100, min_score=0, multiclass=False))
