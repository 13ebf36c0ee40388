"""Writes synthetic ground truth and predictions. Usage: generate.py VIDEOS PREDICTIONS_PER_VIDEO FOLDER [--gzip]

200 classes, 1 to 4 segments a video; of the predictions a fifth lie near a segment, the rest anywhere.
"""

import gzip
import json
import os
import sys

import numpy as np


def main():
    videos, per_video, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    compress = "--gzip" in sys.argv
    os.makedirs(folder, exist_ok=True)
    random = np.random.default_rng(0)
    database = {}
    opened = gzip.open(f"{folder}/predictions.json.gz", "wt", 6) if compress else open(f"{folder}/predictions.json", "w")
    with opened as file:
        file.write('{"version": "VERSION 1.3", "results": {')
        for video in range(videos):
            count = int(random.integers(1, 5))
            label = int(random.integers(200))
            starts = random.uniform(0, 100, count)
            ends = starts + random.uniform(2, 40, count)
            database[f"v{video:06d}"] = {
                "subset": "validation",
                "duration": 150.0,
                "annotations": [
                    {"segment": [float(s), float(e)], "label": f"class_{label:03d}"} for s, e in zip(starts, ends)
                ],
            }
            near = random.random(per_video) < 0.2
            which = random.integers(0, count, per_video)
            begin = np.where(near, starts[which] + random.normal(0, 3, per_video), random.uniform(0, 100, per_video))
            finish = np.where(near, ends[which] + random.normal(0, 3, per_video), begin + random.uniform(1, 50, per_video))
            finish = np.maximum(finish, begin + 0.1)
            labels = np.where(random.random(per_video) < 0.6, label, random.integers(0, 200, per_video))
            scores = random.random(per_video) * (0.6 + 0.4 * near)
            items = ", ".join(
                f'{{"label": "class_{l:03d}", "score": {s!r}, "segment": [{b!r}, {e!r}]}}'
                for l, s, b, e in zip(labels.tolist(), scores.tolist(), begin.tolist(), finish.tolist())
            )
            file.write(f'{", " if video else ""}"v{video:06d}": [{items}]')
        file.write('}, "external_data": {}}')
    with open(f"{folder}/truth.json", "w") as file:
        json.dump({"version": "synthetic", "database": database}, file)


main()
