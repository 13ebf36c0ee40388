"""Features of a video by PyAV and the ViT of ../encoder/vit.py, as one process: `prepare` writes the weights once, `extract`
reads them, decodes 16 frames of every 2 s (shorter side to 256, middle 224) and writes one vector for each."""
import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "encoder"))
FRAMES, SIDE, CROP = 16, 256, 224


def clips(path):
    """[16, 224, 224, 3] bytes for each 2 s."""
    import av
    import numpy

    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        window = round(2 * float(stream.average_rate))
        taken = {(2 * index + 1) * window // (2 * FRAMES) for index in range(FRAMES)}
        factor = SIDE / min(stream.width, stream.height)
        width, height = round(stream.width * factor), round(stream.height * factor)
        top, left = (height - CROP) // 2, (width - CROP) // 2
        frames = []
        for index, frame in enumerate(container.decode(stream)):
            if index % window not in taken:
                continue
            picture = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
            frames.append(picture[top:top + CROP, left:left + CROP])
            if len(frames) == FRAMES:
                yield numpy.stack(frames)
                frames = []


def prepare(options):
    import torch
    from safetensors.torch import save_file

    from vit import VideoTransformer, random_clip

    torch.manual_seed(0)
    model = VideoTransformer(FRAMES).eval()
    if options.library == "torch":
        save_file(model.state_dict(), options.folder / "peer.safetensors")
    else:
        import openvino

        clip = random_clip(FRAMES)
        with torch.no_grad():
            graph = openvino.convert_model(model, example_input=clip, input=[tuple(clip.shape)])
        openvino.save_model(graph, options.folder / "peer.xml", compress_to_fp16=False)


def encoder(options):
    if options.library == "torch":
        import torch
        from safetensors.torch import load_file

        from vit import VideoTransformer

        torch.set_num_threads(options.threads)
        with torch.device("meta"):
            model = VideoTransformer(FRAMES)
        model.load_state_dict(load_file(options.folder / "peer.safetensors"), assign=True)
        kind = torch.bfloat16 if options.precision == "bfloat16" else torch.float32
        model = model.to(kind).eval()

        def encode(clip):
            with torch.inference_mode():
                return model(torch.from_numpy(clip).to(kind)).float().numpy()
    else:
        import openvino

        compiled = openvino.Core().compile_model(options.folder / "peer.xml", "CPU", {
            "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": options.threads,
            "INFERENCE_PRECISION_HINT": "bf16" if options.precision == "bfloat16" else "f32"})
        request = compiled.create_infer_request()

        def encode(clip):
            request.infer({0: clip})
            return request.get_output_tensor(0).data.copy()
    return encode


def extract(options):
    import numpy

    mean = numpy.array([0.485, 0.456, 0.406], numpy.float32) * 255
    deviation = numpy.array([0.229, 0.224, 0.225], numpy.float32) * 255
    encode = encoder(options)
    rows = []
    for clip in clips(options.video):
        values = ((clip.astype(numpy.float32) - mean) / deviation).transpose(3, 0, 1, 2)[None]
        rows.append(encode(numpy.ascontiguousarray(values)))
    numpy.save(options.folder / "peer.npy", numpy.concatenate(rows))


parser = argparse.ArgumentParser()
parser.add_argument("what", choices=["prepare", "extract"])
parser.add_argument("library", choices=["torch", "openvino"])
parser.add_argument("folder", type=Path)
parser.add_argument("--video")
parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
arguments = parser.parse_args()
prepare(arguments) if arguments.what == "prepare" else extract(arguments)
