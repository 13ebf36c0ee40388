"""Writes heads/bmn.safetensors: a tiny BMN with random weights under OpenTAD's names, and what PyTorch makes of it.

Forward pass, targets, losses and gradients as in mmaction2 1.2.0 for ActivityNet (Lin et al., "BMN", 2019), in plain PyTorch.

    python Tests/Fixtures/make-bmn.py
"""

import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

TIME, DURATIONS, FEATURES, CHANNELS, SAMPLED, ROI, MAP = 12, 10, 6, 8, 6, 8, 6
GROUPS, POSITIONS, SAMPLES = 2, 4, 3


def sample_weights():
    """[time, positions, durations, starts]: how the features of every proposal are sampled."""
    weights = np.zeros([TIME, POSITIONS, DURATIONS, TIME])
    count = POSITIONS * SAMPLES
    for duration in range(DURATIONS):
        for start in range(TIME - duration):
            length = duration + 1
            times = np.linspace(start - length / 2, start + duration + length / 2, count)
            for index, time in enumerate(times):
                low = int(time)  # toward zero
                for place, weight in ((low, 1 - (time - low)), (math.ceil(time), time - low)):
                    if 0 <= place < TIME:
                        weights[place, index // SAMPLES, duration, start] += weight / SAMPLES
    return torch.tensor(weights, dtype=torch.float32)


def make_weights(generator):
    shapes = {
        "projection.convs.0.conv": [CHANNELS, FEATURES // GROUPS, 3],
        "projection.convs.1.conv": [CHANNELS, CHANNELS // GROUPS, 3],
        "rpn_head.tem.0.0.conv": [CHANNELS, CHANNELS // GROUPS, 3],
        "rpn_head.tem.0.1.conv": [1, CHANNELS, 1],
        "rpn_head.tem.1.0.conv": [CHANNELS, CHANNELS // GROUPS, 3],
        "rpn_head.tem.1.1.conv": [1, CHANNELS, 1],
        "roi_head.proposal_roi_extractor.reduce_dim.0": [SAMPLED, CHANNELS, 3],
        "roi_head.proposal_roi_extractor.conv3d.0": [ROI, SAMPLED, POSITIONS, 1],
        "roi_head.proposal_roi_extractor.conv2d.0": [MAP, ROI, 1, 1],
        "roi_head.proposal_head.head.0.0": [MAP, MAP, 3, 3],
        "roi_head.proposal_head.head.1.0": [MAP, MAP, 3, 3],
        "roi_head.proposal_head.head.2": [2, MAP, 1, 1],
    }
    weights = {}
    for name, shape in shapes.items():
        scale = 1.5 / math.sqrt(np.prod(shape[1:]))
        weights[name + ".weight"] = (torch.randn(shape, generator=generator) * scale).requires_grad_()
        weights[name + ".bias"] = (torch.randn(shape[0], generator=generator) * 0.1).requires_grad_()
    return weights


def forward(weights, features, sampling):
    def conv(x, name, groups=1, padding=1):
        return F.conv1d(x, weights[name + ".weight"], weights[name + ".bias"], padding=padding, groups=groups)

    x = F.relu(conv(features, "projection.convs.0.conv", GROUPS))
    x = F.relu(conv(x, "projection.convs.1.conv", GROUPS))
    boundaries = []
    for branch in (0, 1):
        y = F.relu(conv(x, f"rpn_head.tem.{branch}.0.conv", GROUPS))
        boundaries.append(torch.sigmoid(conv(y, f"rpn_head.tem.{branch}.1.conv", padding=0))[:, 0])
    y = F.relu(conv(x, "roi_head.proposal_roi_extractor.reduce_dim.0"))
    samples = torch.einsum("bct,tpds->bcpds", y, sampling)
    kernel = weights["roi_head.proposal_roi_extractor.conv3d.0.weight"][..., 0]
    bias = weights["roi_head.proposal_roi_extractor.conv3d.0.bias"]
    y = F.relu(torch.einsum("bcpds,ocp->bods", samples, kernel) + bias[None, :, None, None])

    def conv2d(x, name, padding):
        return F.conv2d(x, weights[name + ".weight"], weights[name + ".bias"], padding=padding)

    y = F.relu(conv2d(y, "roi_head.proposal_roi_extractor.conv2d.0", 0))
    y = F.relu(conv2d(y, "roi_head.proposal_head.head.0.0", 1))
    y = F.relu(conv2d(y, "roi_head.proposal_head.head.1.0", 1))
    return torch.sigmoid(conv2d(y, "roi_head.proposal_head.head.2", 0)), boundaries[0], boundaries[1]


def labels(segments):
    """Overlaps [durations, time], starts [time] and ends [time]; segments in cells, from the edge of the first one."""
    overlaps, starts, ends = np.zeros([DURATIONS, TIME]), np.zeros(TIME), np.zeros(TIME)
    for begin, end in segments:
        for duration in range(DURATIONS):
            for start in range(TIME - duration):
                inside = max(0, min(end, start + duration + 1) - max(begin, start))
                union = duration + 1 + end - begin - inside
                overlaps[duration, start] = max(overlaps[duration, start], inside / union)
        for boundary, target in ((begin, starts), (end, ends)):
            for position in range(TIME):
                low, high = position - 0.5, position + 1.5
                share = max(0, min(high, boundary + 1.5) - max(low, boundary - 1.5)) / (high - low)
                target[position] = max(target[position], share)
    return [torch.tensor(x, dtype=torch.float32) for x in (overlaps, starts, ends)]


def balanced(probability, positive, negative):
    positives = max(positive.sum().item(), 1)
    entries = positives + negative.sum().item()
    ratio = min(max(entries / positives, 1.05), 21)
    up, down = 0.5 * ratio, 0.5 * ratio / (ratio - 1)
    loss = up * positive * torch.log(probability + 1e-5) + down * negative * torch.log(1 - probability + 1e-5)
    return -loss.sum() / entries


def losses(output, targets, medium, low):
    maps, starts, ends = output
    overlaps, start_labels, end_labels = targets
    inside = torch.tensor([[float(start + duration < TIME) for start in range(TIME)] for duration in range(DURATIONS)])
    boundaries = sum(
        balanced(x, (y > 0.5).float(), (y <= 0.5).float()) for x, y in ((starts, start_labels), (ends, end_labels)))
    high = (overlaps > 0.7).float()
    middle = ((overlaps > 0.3) & (overlaps <= 0.7)).float()
    small = ((overlaps > 0) & (overlaps <= 0.3)).float() * inside
    assert high.sum() < middle.sum() and high.sum() < small.sum()
    weights = high + (medium * middle > 1 - high.sum() / middle.sum()).float()
    weights = weights + (low * small > 1 - high.sum() / small.sum()).float()
    regression = 0.5 * (weights * (maps[:, 1] - overlaps) ** 2).sum() / weights.sum()
    classification = balanced(maps[:, 0], (overlaps > 0.9).float(), (overlaps <= 0.9).float() * inside)
    return boundaries, regression, classification


def main():
    generator = torch.Generator().manual_seed(7)
    weights = make_weights(generator)
    features = torch.randn([2, FEATURES, TIME], generator=generator)
    segments = [[[1.35, 5.17], [6.12, 11.43]], [[2.04, 10.11], [3.4, 4.6]]]
    targets = [torch.stack(x) for x in zip(*(labels(item) for item in segments))]
    medium, low = (torch.rand([2, DURATIONS, TIME], generator=generator) for _ in range(2))
    output = forward(weights, features, sample_weights())
    parts = losses(output, targets, medium, low)
    total = parts[0] + 10 * parts[1] + parts[2]
    total.backward()
    result = {
        "features": features, "segments": torch.tensor(segments), "medium": medium, "low": low,
        "classified": output[0][:, 0], "regressed": output[0][:, 1], "starts": output[1], "ends": output[2],
        "overlap_labels": targets[0], "start_labels": targets[1], "end_labels": targets[2],
        "losses": torch.stack([*parts, total]),
    }
    for name, weight in weights.items():
        result["weights/" + name] = weight
        result["gradients/" + name] = weight.grad
    path = pathlib.Path(__file__).parent / "heads" / "bmn.safetensors"
    path.parent.mkdir(exist_ok=True)
    save_file({name: value.detach().contiguous() for name, value in result.items()}, path)
    print(path, path.stat().st_size, [round(x.item(), 5) for x in result["losses"]])


if __name__ == "__main__":
    main()
