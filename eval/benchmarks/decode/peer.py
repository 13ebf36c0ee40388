"""Frames of a video as 224 x 224 RGB (shorter side to 256, centre crop) by OpenCV or PyAV: medians of several runs after a
warm-up."""
import argparse
import json
import os
import statistics
import time
from pathlib import Path

SIDE, CROP, PER_WINDOW = 256, 224, 16
parser = argparse.ArgumentParser()
parser.add_argument("library", choices=["opencv", "pyav"])
parser.add_argument("video")
parser.add_argument("--kind", choices=["dense", "sparse", "distant"], default="dense")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--json", required=True)
options = parser.parse_args()


def scaled(width, height):
    factor = SIDE / min(width, height)
    return round(width * factor), round(height * factor)


def middle(picture):
    top, left = (picture.shape[0] - CROP) // 2, (picture.shape[1] - CROP) // 2
    return picture[top:top + CROP, left:left + CROP].copy()


def is_taken(index, rate):
    """Whether a frame is wanted: the middles of 16 equal parts of 2 s, every 2 s or every 10 s."""
    if options.kind == "dense":
        return True
    window = round(2 * rate)
    stride = window if options.kind == "sparse" else 5 * window
    return index % stride in {(2 * part + 1) * window // (2 * PER_WINDOW) for part in range(PER_WINDOW)}


def by_opencv():
    import cv2

    cv2.setNumThreads(options.threads)
    capture = cv2.VideoCapture(options.video, cv2.CAP_FFMPEG)
    rate = capture.get(cv2.CAP_PROP_FPS)
    size = scaled(capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    index = taken = 0
    while capture.grab():
        if is_taken(index, rate):
            picture = cv2.resize(capture.retrieve()[1], size, interpolation=cv2.INTER_LINEAR)
            cv2.cvtColor(middle(picture), cv2.COLOR_BGR2RGB)
            taken += 1
        index += 1
    return taken, index / rate


def by_pyav():
    import av

    taken = 0
    with av.open(options.video) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = options.threads
        rate = float(stream.average_rate)
        width, height = scaled(stream.width, stream.height)
        for index, frame in enumerate(container.decode(stream)):
            if is_taken(index, rate):
                middle(frame.reformat(width=width, height=height, format="rgb24").to_ndarray())
                taken += 1
    return taken, (index + 1) / rate


read = by_opencv if options.library == "opencv" else by_pyav
read()
seconds = []
for _ in range(options.runs):
    begin = time.perf_counter()
    frames, duration = read()
    seconds.append(time.perf_counter() - begin)
median = statistics.median(seconds)
figures = {"frames_per_second": frames / median, "times_real_time": duration / median}
Path(options.json).write_text(json.dumps(figures))
