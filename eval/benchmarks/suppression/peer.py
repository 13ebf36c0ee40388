"""Soft-NMS (Bodla et al., 2017, Gaussian decay) written plainly in numpy or PyTorch, one class after the other: the median of
some runs after a warm-up."""
import argparse
import json
import os
import statistics
import time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("library", choices=["numpy", "torch"])
parser.add_argument("--classes", type=int, default=20)
parser.add_argument("--segments", type=int, default=2000)
parser.add_argument("--kept", type=int, default=200)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--json", required=True)
options = parser.parse_args()
SIGMA, LEAST = 0.5, 0.001

import numpy

random = numpy.random.default_rng(1)
shape = (options.classes, options.segments)
starts = random.uniform(0, 1000, shape).astype("float32")
ends = starts + random.uniform(1, 101, shape).astype("float32")
scores = random.uniform(0, 1, shape).astype("float32")


def by_numpy():
    kept = []
    for first, last, score in zip(starts, ends, scores):
        taken = 0
        while len(score) and taken < options.kept:
            best = score.argmax()
            kept.append((first[best], last[best], score[best]))
            taken += 1
            shared = numpy.minimum(last, last[best]) - numpy.maximum(first, first[best])
            shared = numpy.maximum(shared, 0)
            overlap = shared / (last - first + last[best] - first[best] - shared)
            score = score * numpy.exp(-overlap * overlap / SIGMA)
            score[best] = 0
            alive = score >= LEAST
            first, last, score = first[alive], last[alive], score[alive]
    return sorted(kept, key=lambda segment: -segment[2])[:options.kept]


def by_torch():
    import torch

    torch.set_num_threads(options.threads)
    kept = []
    with torch.inference_mode():
        for first, last, score in zip(*(torch.from_numpy(part) for part in (starts, ends, scores))):
            taken = 0
            while len(score) and taken < options.kept:
                best = score.argmax()
                kept.append(torch.stack([first[best], last[best], score[best]]))
                taken += 1
                shared = (torch.minimum(last, last[best]) - torch.maximum(first, first[best])).clamp(min=0)
                overlap = shared / (last - first + last[best] - first[best] - shared)
                score = score * torch.exp(-overlap * overlap / SIGMA)
                score[best] = 0
                alive = score >= LEAST
                first, last, score = first[alive], last[alive], score[alive]
        kept = torch.stack(kept)
        return kept[kept[:, 2].argsort(descending=True)[:options.kept]]


suppress = by_numpy if options.library == "numpy" else by_torch
suppress()
seconds = []
for _ in range(options.runs):
    begin = time.perf_counter()
    suppress()
    seconds.append(time.perf_counter() - begin)
Path(options.json).write_text(json.dumps({"seconds_median": statistics.median(seconds)}))
