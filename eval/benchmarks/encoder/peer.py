"""Clips per second of the ViT of vit.py through PyTorch, ONNX Runtime or OpenVINO: the median of some runs after a warm-up."""
import argparse
import json
import os
import statistics
import time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("library", choices=["torch", "torch.compile", "onnxruntime", "openvino"])
parser.add_argument("--frames", type=int, default=16)
parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--json", required=True)
options = parser.parse_args()

import torch

from vit import VideoTransformer, random_clip

torch.set_num_threads(options.threads)
torch.manual_seed(0)
model, clip = VideoTransformer(options.frames).eval(), random_clip(options.frames)

if options.library.startswith("torch"):
    if options.precision == "bfloat16":
        model, clip = model.to(torch.bfloat16), clip.to(torch.bfloat16)
    if options.library == "torch.compile":
        model = torch.compile(model)

    def encode():
        with torch.inference_mode():
            return model(clip)
elif options.library == "onnxruntime":
    import tempfile

    import onnxruntime

    if options.precision != "float32":
        parser.error("onnxruntime computes in float32 only")
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = options.threads, 1
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.onnx"
        torch.onnx.export(model, (clip,), path, dynamo=True, input_names=["clip"])
        session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
    values = clip.numpy()

    def encode():
        return session.run(None, {"clip": values})
else:
    import openvino

    with torch.no_grad():
        graph = openvino.convert_model(model, example_input=clip, input=[tuple(clip.shape)])
    compiled = openvino.Core().compile_model(graph, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": options.threads,
        "INFERENCE_PRECISION_HINT": "bf16" if options.precision == "bfloat16" else "f32"})
    request, values = compiled.create_infer_request(), clip.numpy()

    def encode():
        return request.infer({0: values})

encode()
seconds = []
for _ in range(options.runs):
    begin = time.perf_counter()
    encode()
    seconds.append(time.perf_counter() - begin)
figures = {"clips_per_second": 1 / statistics.median(seconds), "seconds_min": min(seconds), "seconds_max": max(seconds)}
Path(options.json).write_text(json.dumps(figures))
