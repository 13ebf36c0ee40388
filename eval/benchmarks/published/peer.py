"""The models of models.py through PyTorch, ONNX Runtime or OpenVINO. `weights` writes them under their published names, `serve`
times one run for each line of input, and `extract` is a whole process from a video to the features of its chunks."""
import argparse
import contextlib
import os
import resource
import sys
import time
from pathlib import Path

# Bytes are multiplied and shifted by these; ImageNet's.
MEAN, DEVIATION = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
CHUNK = {"frames": 16, "size": 160, "per_step": True}


def weights(options):
    import models
    from safetensors.torch import save_file

    named = models.make(options.model).published()
    save_file({name: tensor.detach().clone().contiguous() for name, tensor in named.items()}, options.path)


def encoder(options, model, example, saved=None):
    """A function from an array to an array, in the precision asked for."""
    import torch

    torch.set_num_threads(options.threads)
    if options.library == "torch":
        kind = torch.bfloat16 if options.precision == "bfloat16" else torch.float32
        model = model.to(kind)

        def encode(values):
            with torch.inference_mode():
                return model(torch.from_numpy(values).to(kind)).float().numpy()
        return encode
    if options.library == "onnxruntime":
        import tempfile

        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads, settings.inter_op_num_threads = options.threads, 1
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/model.onnx"
            torch.onnx.export(model, (example,), path, dynamo=True, input_names=["clip"])
            session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        return lambda values: session.run(None, {"clip": values})[0]
    import openvino

    with torch.no_grad():
        graph = openvino.convert_model(model, example_input=example, input=[tuple(example.shape)])
    if saved:
        openvino.save_model(graph, saved, compress_to_fp16=False)
        return None
    return compiled(options, graph)


def compiled(options, graph):
    import openvino

    ready = openvino.Core().compile_model(graph, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": options.threads,
        "INFERENCE_PRECISION_HINT": "bf16" if options.precision == "bfloat16" else "f32"})
    request = ready.create_infer_request()

    def encode(values):
        request.infer({0: values})
        return request.get_output_tensor(0).data.copy()
    return encode


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def serve(options):
    import models

    model = models.make(options.model)
    example = model.example(options.batch)
    # Libraries print while they export a model; only times belong on the standard output.
    with contextlib.redirect_stdout(sys.stderr):
        encode, values = encoder(options, model, example), example.numpy()
        encode(values)
    for _ in sys.stdin:
        begin, before = time.perf_counter(), processor_seconds()
        encode(values)
        print(time.perf_counter() - begin, processor_seconds() - before, flush=True)


def prepare(options):
    import models
    import torch
    from safetensors.torch import save_file

    model = models.make("videomae", **CHUNK)
    if options.library == "torch":
        save_file(model.state_dict(), options.folder / "torch.safetensors")
    else:
        encoder(options, model, torch.randn(1, 3, 16, 160, 160), saved=options.folder / "openvino.xml")


def chunks(path):
    """[16, 160, 160, 3] bytes: all frames, shorter side to 160, middle square. The last chunk is filled up."""
    import av
    import numpy

    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        factor = 160 / min(stream.width, stream.height)
        width, height = round(stream.width * factor), round(stream.height * factor)
        top, left = (height - 160) // 2, (width - 160) // 2
        frames = []
        for frame in container.decode(stream):
            picture = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
            frames.append(picture[top:top + 160, left:left + 160])
            if len(frames) == 16:
                yield numpy.stack(frames)
                frames = []
        if len(frames) >= 8:
            yield numpy.stack(frames + [frames[-1]] * (16 - len(frames)))


def extract(options):
    import numpy

    if options.library == "torch":
        import models
        import torch
        from safetensors.torch import load_file

        with torch.device("meta"):
            model = models.VideoMAE(**CHUNK)
        model.load_state_dict(load_file(options.folder / "torch.safetensors"), assign=True)
        model.positions = models.positions(16, 160)
        encode = encoder(options, model.eval(), None)
    else:
        encode = compiled(options, options.folder / "openvino.xml")
    mean, deviation = numpy.array(MEAN, numpy.float32), numpy.array(DEVIATION, numpy.float32)
    rows = []
    for chunk in chunks(options.video):
        values = ((chunk.astype(numpy.float32) - mean) / deviation).transpose(3, 0, 1, 2)[None]
        rows.append(encode(numpy.ascontiguousarray(values))[0])
    numpy.save(options.folder / "peer.npy", numpy.concatenate(rows))


def arguments():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="what", required=True)
    writing = commands.add_parser("weights")
    writing.add_argument("model", choices=["videomae", "clip", "lite0"])
    writing.add_argument("path")
    serving = commands.add_parser("serve")
    serving.add_argument("library", choices=["torch", "onnxruntime", "openvino"])
    serving.add_argument("model", choices=["videomae", "clip", "lite0"])
    serving.add_argument("--batch", type=int, default=1)
    for name in ("prepare", "extract"):
        command = commands.add_parser(name)
        command.add_argument("library", choices=["torch", "openvino"])
        command.add_argument("folder", type=Path)
        command.add_argument("--video")
    for command in commands.choices.values():
        command.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
        command.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    return parser.parse_args()


given = arguments()
{"weights": weights, "serve": serve, "prepare": prepare, "extract": extract}[given.what](given)
