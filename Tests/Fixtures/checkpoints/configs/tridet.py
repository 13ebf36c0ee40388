_base_ = "base/data.py"

model = dict(
    type="TriDet",
    projection=dict(
        type="TriDetProj",
        in_channels=6,
        out_channels=16,
        sgp_mlp_dim=12,
        arch=(1, 1, 1),
        sgp_win_size=[3, 3],
        k=1.5,
        init_conv_vars=0,
        conv_cfg=dict(kernel_size=3),
        norm_cfg=dict(type="LN"),
        path_pdrop=0.1,
        max_seq_len=12,
    ),
    neck=dict(type="FPNIdentity", in_channels=16, out_channels=16, num_levels=2),
    rpn_head=dict(
        type="TriDetHead",
        num_classes=3,
        in_channels=16,
        feat_channels=8,
        num_convs=2,
        num_bins=4,
        prior_generator=dict(type="PointGenerator", strides=[1, 2], regression_range=[(0, 4), (4, 10000)]),
    ),
)
post_processing = dict(nms=dict(use_soft_nms=True, sigma=0.5, max_seg_num=2000, min_score=0.001, multiclass=True))
