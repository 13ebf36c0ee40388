"""The pre-training objectives of S-ViLM in PyTorch (float64), values and gradients, as a reference for Sources/SViLM/Objectives.

usage: svilm_objectives.py > Tests/Fixtures/svilm/objectives.json
"""

import json
import math
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

BATCH, TIMES, GROUPS, PROMPTS, CHANNELS = 5, 4, 3, 4, 6
PARTNERS = [2, 0, 4, 1, 3]
KEPT = [(0, 2), (1, 4), (0, 3), (2, 4), (1, 3)]
NOUNS = [[0, 2], [1], [], [2, 0], [3]]
CAPTION_CLASSES = [0, 1, 2, 1, 3]


def rounded(tensor):
    """Float32 values, so that both sides start from the same numbers."""
    return tensor.float().double()


def masks():
    rows = torch.zeros(BATCH, TIMES)
    for row, (low, high) in enumerate(KEPT):
        rows[row, low:high] = 1
    return rows


def temporal_grouping(z, mask, tau, leave_one_out):
    z = F.normalize(z, dim=-1)
    total, count = z.new_zeros(()), 0
    for b in range(z.shape[0]):
        for t in range(z.shape[1]):
            own = [s for s in range(z.shape[1]) if mask[b, s] == 1 and not (leave_one_out and s == t)]
            other = [s for s in range(z.shape[1]) if mask[b, s] == 0 and not (leave_one_out and s == t)]
            if not own or not other:
                continue
            centres = torch.stack([F.normalize(z[b, part].mean(0), dim=0) for part in (own, other)])
            a = torch.softmax(centres @ z[b, t] / tau, dim=0)
            target = torch.tensor([mask[b, t], 1 - mask[b, t]])
            total = total + ((a - target) ** 2).mean()
            count += 1
    return total / count


def targets(classes=None, usable=None):
    y = torch.zeros(BATCH, BATCH)
    for i, (low, high) in enumerate(KEPT):
        beta = (high - low) / TIMES
        y[i, i] += beta
        y[i, PARTNERS[i]] += 1 - beta
    if classes is not None:
        same = torch.tensor([[float(a == b) for b in classes] for a in classes])
        y = y @ (same / same.sum(1, keepdim=True))
    if usable is not None:
        y = y * torch.tensor([float(u) for u in usable])
    def normal(rows):
        sums = rows.sum(1, keepdim=True)
        return torch.where(sums > 0, rows / sums.clamp(min=1e-30), torch.zeros_like(rows))
    return normal(y), normal(y.T)


def info_nce(logits, y, yt, usable=None):
    if usable is not None:
        logits = logits.masked_fill(~torch.tensor(usable)[None, :], -1e4)
    def one(rows, t):
        used = t.sum(1) > 0
        return -(t * torch.log_softmax(rows, 1)).sum() / used.sum()
    return (one(logits, y) + one(logits.T, yt)) / 2


def grounding(g, n, pooling, tau):
    similarity = torch.einsum("imc,pc->imp", F.normalize(g, dim=-1), F.normalize(n, dim=-1))
    pooled = similarity.max(1).values if pooling == "max" else (similarity * torch.softmax(similarity / tau, 1)).sum(1)
    columns = [pooled[:, own].mean(1) if own else pooled.new_zeros(BATCH) for own in NOUNS]
    return torch.stack(columns, 1)


def case(name, inputs, value, **settings):
    gradients = torch.autograd.grad(value, list(inputs.values()))
    return {
        "name": name, "value": value.item(), **settings,
        "inputs": {key: tensor.flatten().tolist() for key, tensor in inputs.items()},
        "gradients": {key: gradient.flatten().tolist() for key, gradient in zip(inputs, gradients)},
    }


def fresh(*shape):
    return rounded(torch.randn(*shape)).requires_grad_()


cases = []
for leave_one_out in (False, True):
    z = fresh(BATCH, TIMES, CHANNELS)
    cases.append(case(
        "leave-one-out" if leave_one_out else "paper", {"z": z}, temporal_grouping(z, masks(), 0.1, leave_one_out)))

logits = fresh(BATCH, BATCH)
cases.append(case("contrastive", {"logits": logits}, info_nce(logits, *targets())))
logits = fresh(BATCH, BATCH)
cases.append(case("contrastive shared", {"logits": logits}, info_nce(logits, *targets(CAPTION_CLASSES))))

for pooling in ("max", "softmax"):
    g, n = fresh(BATCH, GROUPS, CHANNELS), fresh(PROMPTS, CHANNELS)
    usable = [bool(own) for own in NOUNS]
    keys = [tuple(sorted(own)) for own in NOUNS]
    y, yt = targets([keys.index(key) for key in keys], usable)
    cases.append(case(
        f"grounding {pooling}", {"groups": g, "prompts": n}, info_nce(7 * grounding(g, n, pooling, 0.1), y, yt, usable)))

json.dump({
    "batch": BATCH, "times": TIMES, "groups": GROUPS, "prompts": PROMPTS, "channels": CHANNELS, "partners": PARTNERS,
    "kept": KEPT, "nouns": NOUNS, "captionClasses": CAPTION_CLASSES, "scale": 7, "cases": cases,
}, sys.stdout)
