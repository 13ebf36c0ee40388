_base_ = ["base/data.py", "base/actionformer.py"]

length = 4 * 4
model = dict(
    projection=dict(in_channels=6, max_seq_len=length, attn_cfg=dict(n_mha_win_size=[5] * 2 + [-1]), input_pdrop=0.2),
    rpn_head=dict(loss_normalizer=50),
)
post_processing = dict(
    nms=dict(use_soft_nms=True, sigma=0.4, max_seg_num=150, min_score=0.002, multiclass=True, voting_thresh=0.7),
    save_dict=False,
)
