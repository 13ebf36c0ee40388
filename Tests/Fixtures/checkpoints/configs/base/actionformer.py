model = dict(
    type="ActionFormer",
    projection=dict(
        type="Conv1DTransformerProj",
        in_channels=2048,
        out_channels=8,
        arch=(1, 1, 2),
        conv_cfg=dict(kernel_size=3, proj_pdrop=0.0),
        norm_cfg=dict(type="LN"),
        attn_cfg=dict(n_head=2, n_mha_win_size=19),
        path_pdrop=0.1,
        use_abs_pe=False,
        max_seq_len=2304,
    ),
    neck=dict(type="FPNIdentity", in_channels=8, out_channels=8, num_levels=3),
    rpn_head=dict(
        type="ActionFormerHead",
        num_classes=3,
        in_channels=8,
        feat_channels=8,
        num_convs=2,
        prior_generator=dict(
            type="PointGenerator",
            strides=[1, 2, 4],
            regression_range=[(0, 4), (4, 8), (8, 10000)],
        ),
        loss=dict(cls_loss=dict(type="FocalLoss"), reg_loss=dict(type="DIOULoss")),
    ),
)
