"""Numbers for the tests of frame-level metrics, from an implementation of its own in numpy.

usage: frame_metrics.py SHARED_DATA    prints what Tests/EvaluationTests/FrameMetricTests.swift expects

Predictions are made from the ground truth by rules without chance, so that both sides make the same ones.
"""

import gzip
import json
import sys
import tarfile

import numpy as np

data = sys.argv[1] + "/annotations/"


def disturbed(videos):
    """Segment k is moved by up to half a second, each fifth gets the next label, each seventh is lost."""
    labels = sorted({label for _, _, items in videos for label, _, _ in items}, key=lambda text: text.encode())
    number = {label: index for index, label in enumerate(labels)}
    predictions, k = {}, 0
    for name, _, items in videos:
        predictions[name] = []
        for label, start, end in items:
            shift = (k * 37 % 11 - 5) * 0.1
            shown = labels[(number[label] + 1) % len(labels)] if k % 5 == 0 else label
            if k % 7 != 0:
                predictions[name].append((shown, start + shift, end + shift, k * 7919 % 1000 / 1000))
            k += 1
    return labels, predictions


def average_precision(scores, truth):
    """Mean of the precision at each positive; equal scores are one step, counted at its end."""
    order = np.argsort(-scores, kind="stable")
    scores, truth = scores[order], truth[order].astype(float)
    ends = np.flatnonzero(np.r_[np.diff(scores) != 0, True])
    found = np.cumsum(truth)[ends]
    new = np.diff(np.r_[0, found])
    return (new * found / (ends + 1)).sum() / truth.sum()


def frames(videos, times, inside):
    labels, predictions = disturbed(videos)
    number = {label: index for index, label in enumerate(labels)}
    truth, scores = [], []
    for name, duration, items in videos:
        t = times(duration)
        matrix, values = np.zeros((len(t), len(labels))), np.full((len(t), len(labels)), -1.0)
        for label, start, end in items:
            matrix[inside(t, start, end), number[label]] = 1
        for label, start, end, score in predictions[name]:
            rows = (t >= start) & (t <= end)
            values[rows, number[label]] = np.maximum(values[rows, number[label]], score)
        truth.append(matrix)
        scores.append(values)
    truth, scores = np.concatenate(truth), np.concatenate(scores)
    counts = truth.sum(0)
    used = np.flatnonzero(counts)
    values = np.array([average_precision(scores[:, c], truth[:, c]) for c in used])
    weighted = (values * counts[used]).sum() / counts.sum()
    print(len(truth), "frames", int(counts.sum()), "positive", len(used), "classes",
          "mAP", repr(float(values.mean())), "weighted", repr(float(weighted)))


def numbered(path):
    with gzip.open(data + path) as file:
        content = json.load(file)
    return [
        (name, video["duration"], [(str(int(c)), s, e) for c, s, e in video["actions"]])
        for name, video in content.items() if video["subset"] == "testing"
    ]


def multithumos():
    def times(duration):
        count = max(1, int(np.floor(duration * 2 + 0.5)))
        return np.arange(count) / (count / duration)
    frames(numbered("multithumos/multithumos.json.gz"), times, lambda t, start, end: (t > start) & (t < end))


def charades():
    frames(numbered("charades/charades.json.gz"), lambda duration: np.arange(25) / 25 * duration,
           lambda t, start, end: (start <= t) & (t <= end))


def runs(labels, ignored, last):
    found, start = [], 0
    for index in range(1, len(labels) + 1):
        if index == len(labels) or labels[index] != labels[start]:
            if labels[start] not in ignored:
                found.append((labels[start], start, index if index < len(labels) else last))
            start = index
    return found


def edit(first, second):
    row = np.arange(len(second) + 1)
    for i, a in enumerate(first):
        previous, row = row, np.r_[i + 1, np.zeros(len(second), int)]
        for j, b in enumerate(second):
            row[j + 1] = min(previous[j] if a == b else previous[j] + 1, previous[j + 1] + 1, row[j] + 1)
    return 1 - row[-1] / max(len(first), len(second), 1)


def breakfast():
    archive = tarfile.open(data + "breakfast/breakfast_groundTruth_splits.tar.gz")
    members = sorted((m for m in archive.getmembers() if "groundTruth/" in m.name and m.name.endswith(".txt")),
                     key=lambda m: m.name)
    for ignored in [["background"], ["SIL", "background"]]:
        correct = total = 0
        edits, hits = [], np.zeros((3, 3))
        for number, member in enumerate(members):
            if number % 10 != 0:
                continue
            truth = archive.extractfile(member).read().decode().split()
            # What is shown lags by one second, and a part in the middle is the label of the first frame.
            shown = truth[:1] * min(15, len(truth)) + truth[:-15]
            middle = len(truth) // 2
            shown[middle:middle + 40] = [truth[0]] * len(shown[middle:middle + 40])
            correct += sum(a == b for a, b in zip(truth, shown))
            total += len(truth)
            expected = runs(truth, ignored, len(truth) - 1)
            given = runs(shown, ignored, len(shown) - 1)
            edits.append(edit([r[0] for r in given], [r[0] for r in expected]))
            for row, threshold in enumerate([0.1, 0.25, 0.5]):
                used = set()
                for label, start, end in given:
                    overlaps = [
                        (min(end, e) - max(start, s)) / (max(end, e) - min(start, s)) * (l == label)
                        for l, s, e in expected
                    ]
                    best = int(np.argmax(overlaps)) if overlaps else -1
                    if best >= 0 and overlaps[best] >= threshold and best not in used:
                        used.add(best)
                        hits[row, 0] += 1
                    else:
                        hits[row, 1] += 1
                hits[row, 2] += len(expected) - len(used)
        scores = [2 * tp / (2 * tp + fp + fn) for tp, fp, fn in hits]
        print(ignored, len(edits), "videos", total, "frames accuracy", correct / total, "edit", np.mean(edits), "F1",
              [float(score) for score in scores], hits.tolist())


multithumos()
charades()
breakfast()
