#!/usr/bin/env python3
"""Copies the small encoder cases out of the full reference sets: make-encoders.py SHARED/fixtures/encoders

Tensors are copied byte by byte. A weight file above 300 kB is cut into parts NAME.part-0, NAME.part-1, … that the tests join again.
"""
import gzip
import json
import pathlib
import struct
import sys

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent / "encoders"
PART = 290_000
# Of expected.json the tests read these.
KEYS = ["reference", "tolerance_rel", "runs", "largest_tolerance_abs", "bfloat16_autocast"]


def tensors(data, wanted):
    """The tensors of a safetensors file whose names are wanted, as such a file."""
    size = struct.unpack("<Q", data[:8])[0]
    header, start = json.loads(data[8 : 8 + size]), 8 + size
    kept, body = {}, b""
    for name in sorted(name for name in header if wanted(name)):
        begin, end = header[name]["data_offsets"]
        kept[name] = dict(header[name], data_offsets=[len(body), len(body) + end - begin])
        body += data[start + begin : start + end]
    text = json.dumps(kept, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def write(name, data):
    file = target / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if len(data) < PART:
        file.write_bytes(data)
        return
    for number, start in enumerate(range(0, len(data), PART)):
        pathlib.Path(f"{file}.part-{number}").write_bytes(data[start : start + PART])


for case in ["clip/hf", "siglip/hf"]:
    for file in sorted((source / case).iterdir()):
        data = file.read_bytes()
        if file.name == "expected.json":
            expected = json.loads(data)
            data = json.dumps({key: expected[key] for key in KEYS if key in expected}, separators=(",", ":")).encode()
        write(f"{case}/{file.name}", data)

tables = (source / "internvideo2/official/tables.safetensors").read_bytes()
write("internvideo2/official/tables.safetensors", tensors(tables, lambda name: name.startswith("only/")))
published = json.dumps(json.loads((source / "published.json").read_bytes()), separators=(",", ":")).encode()
write("published.json.gz", gzip.compress(published, 9, mtime=0))
