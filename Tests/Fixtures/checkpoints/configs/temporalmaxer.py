_base_ = "base/data.py"

model = dict(
    type="TemporalMaxer",
    projection=dict(
        type="TemporalMaxerProj",
        in_channels=[4, 2],
        out_channels=[5, 3],
        arch=(2, 0, 2),
        conv_cfg=dict(kernel_size=3),
        norm_cfg=dict(type="LN"),
        drop_out=0.2,
    ),
    neck=dict(
        type="FPNIdentity",
        in_channels=8,
        out_channels=8,
        num_levels=3,
        norm_cfg=dict(type="GN", num_groups=4, affine=False),
    ),
    rpn_head=dict(
        type="TemporalMaxerHead",
        num_classes=3,
        in_channels=8,
        feat_channels=8,
        num_convs=2,
        prior_generator=dict(
            type="PointGenerator", strides=[1, 2, 4], regression_range=[(0, 4), (4, 8), (8, 10000)]
        ),
        assigner=dict(type="AnchorFreeSimOTAAssigner", iou_weight=2),
    ),
)
post_processing = dict(nms=dict(use_soft_nms=True, sigma=0.5, max_seg_num=200, min_score=0.001, multiclass=True))
