"""A numpy evaluator of detection mAP by the ActivityNet rule, to time and to check `tal evaluate` against.

Per class: predictions by descending score (stable); each takes the best free segment of its video whose tIoU reaches the
threshold; AP is the area under the monotone precision envelope. Usage: reference.py GROUND_TRUTH PREDICTIONS
"""

import gzip
import json
import sys
import time

import numpy as np

THRESHOLDS = np.array([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])


def load(path):
    with open(path, "rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    with (gzip.open if is_gzip else open)(path, "rt") as file:
        return json.load(file)


def grouped_truth(database):
    truth = {}
    for video, entry in database.items():
        for item in entry["annotations"]:
            truth.setdefault(item["label"], {}).setdefault(video, []).append(item["segment"])
    return {
        label: {video: np.array(segments, float) for video, segments in videos.items()}
        for label, videos in truth.items()
    }


def grouped_predictions(results):
    columns = {}
    for video, items in results.items():
        for item in items:
            videos, segments, scores = columns.setdefault(item["label"], ([], [], []))
            videos.append(video)
            segments.append(item["segment"])
            scores.append(item["score"])
    return columns


def average_precision(truth, predictions):
    count = sum(len(segments) for segments in truth.values())
    videos, segments, scores = predictions
    order = np.argsort(-np.array(scores), kind="stable")
    segments = np.array(segments, float)[order]
    hits = np.zeros((len(THRESHOLDS), len(order)), bool)
    taken = {video: np.zeros((len(THRESHOLDS), len(items)), bool) for video, items in truth.items()}
    for rank, position in enumerate(order):
        own = truth.get(videos[position])
        if own is None:
            continue
        start, end = segments[rank]
        overlap = np.maximum(0, np.minimum(end, own[:, 1]) - np.maximum(start, own[:, 0]))
        tiou = overlap / (end - start + own[:, 1] - own[:, 0] - overlap)
        for index in np.argsort(-tiou, kind="stable"):
            free = (tiou[index] >= THRESHOLDS) & ~taken[videos[position]][:, index] & ~hits[:, rank]
            hits[:, rank] |= free
            taken[videos[position]][:, index] |= free
    found = np.cumsum(hits, axis=1)
    precision = found / np.arange(1, len(order) + 1)
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    return (envelope * hits).sum(axis=1) / count


def main():
    start = time.perf_counter()
    truth = grouped_truth(load(sys.argv[1])["database"])
    predictions = grouped_predictions(load(sys.argv[2])["results"])
    loaded = time.perf_counter()
    values = [
        average_precision(videos, predictions[label]) if label in predictions else np.zeros(len(THRESHOLDS))
        for label, videos in truth.items()
    ]
    done = time.perf_counter()
    print(
        json.dumps(
            {
                "average_map": float(np.mean(values)),
                "load_seconds": loaded - start,
                "evaluate_seconds": done - loaded,
                "total_seconds": done - start,
            }
        )
    )


main()
