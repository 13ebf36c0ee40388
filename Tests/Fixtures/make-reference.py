"""Writes reference/: one small case of each set of reference numbers, cut out of the full sets.

    python Tests/Fixtures/make-reference.py ../shared/fixtures

No number changes: tensors are copied byte by byte, and JSON is written again without white space and without the members that no
test reads. reference/README.md says where the numbers come from. Needs Python alone.
"""

import json
import pathlib
import shutil
import struct
import sys

SMALL = pathlib.Path(__file__).parent / "reference"

# Parameters whose values after steps of the optimiser are kept: one of each kind, of the first to the last layer.
ACTIONFORMER_STEPS = (
    "backbone.embd.0.conv.weight", "backbone.stem.0.attn.query.weight", "backbone.stem.0.attn.query_conv.conv.weight",
    "backbone.branch.1.mlp.0.bias", "backbone.branch.2.ln1.weight", "neck.fpn_convs.0.conv.weight",
    "cls_head.cls_head.conv.weight", "cls_head.cls_head.conv.bias", "reg_head.offset_head.conv.weight",
    "reg_head.scale.0.scale",
)  # fmt: skip


def read(path):
    """The tensors of a safetensors file: name -> (type, shape, bytes)."""
    data = path.read_bytes()
    end = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:end])
    header.pop("__metadata__", None)
    return {
        name: (entry["dtype"], entry["shape"], data[end + entry["data_offsets"][0] : end + entry["data_offsets"][1]])
        for name, entry in header.items()
    }


def write(path, tensors):
    header, offset = {}, 0
    for name, (kind, shape, content) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [offset, offset + len(content)]}
        offset += len(content)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(item[2] for item in tensors.values()))


def write_json(path, value):
    path.write_text(json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n")


def cut(full, folder, keep=lambda file, name: True):
    """Copies a case; of its tensors those that `keep` wants."""
    (SMALL / folder).mkdir(parents=True)
    for source in sorted((full / folder).iterdir()):
        target = SMALL / folder / source.name
        if source.suffix == ".json":
            write_json(target, json.loads(source.read_text()))
        else:
            tensors = read(source)
            write(target, {name: value for name, value in tensors.items() if keep(source.stem, name)})


def is_read(file, name):
    """Whether a test reads the tensor: the inside of the first block is for finding faults only."""
    return not (file == "intermediate" and name.startswith("stem"))


def cut_evaluation(full):
    (SMALL / "eval").mkdir(parents=True)
    sets = ["tiny"] + [
        f"toy_{name}" for name in ("jitter", "noise_ties", "gaps", "unknown_labels", "empty", "duplicates_gt", "degenerate")
    ]
    files = {"edge_cases.json", "anet4900_gt.json.gz"}
    for name in sets:
        expected = json.loads((full / "eval" / f"{name}_expected.json").read_text())
        files |= {expected["ground_truth_file"], expected["prediction_file"]}
        modes = expected["sort_modes"]
        # Curves of proposals are compared in one mode; mAP in the portable ones, and OpenTAD's in all.
        curves = "stable_reversed" if "stable_reversed" in modes else "asis"
        kept = {}
        for mode, results in modes.items():
            if mode.startswith("stable") or len(modes) == 1:
                names = [key for key in results if not key.startswith("opentad_recall")]
            else:
                names = ["opentad"]
            kept[mode] = {
                key: results[key]
                for key in names
                if key in results and (mode == curves or not key.startswith("activitynet_proposal"))
            }
        expected["sort_modes"] = kept
        write_json(SMALL / "eval" / f"{name}_expected.json", expected)
    bench = json.loads((full / "eval/bench100_expected.json").read_text())
    for results in bench.values():
        for key in ("opentad", "opentad_recall@100"):
            results.pop(key, None)
        results["activitynet_proposal@100"] = {"auc_percent": results["activitynet_proposal@100"]["auc_percent"]}
    write_json(SMALL / "eval/bench100_expected.json", bench)
    for file in files:
        shutil.copyfile(full / "eval" / file, SMALL / "eval" / file)


def cut_suppression(full):
    (SMALL / "nms").mkdir(parents=True)
    sets = ["n5", "n5_ties", "n200", "n200_ties"]
    expected = json.loads((full / "nms/expected.json").read_text())
    write_json(
        SMALL / "nms/expected.json",
        {implementation: {name: expected[implementation][name] for name in sets} for implementation in ("af", "tridet", "opentad")},
    )
    for name in sets:
        for part in ("input", "af", "tridet", "opentad"):
            shutil.copyfile(full / f"nms/{name}_{part}.safetensors", SMALL / f"nms/{name}_{part}.safetensors")


def main():
    full = pathlib.Path(sys.argv[1])
    for folder in ("actionformer", "tridet", "gtad", "nms", "eval"):
        shutil.rmtree(SMALL / folder, ignore_errors=True)
    cut(
        full,
        "actionformer/anet_like_fpn_abspe",
        lambda file, name: is_read(file, name)
        and (file != "optimizer" or any(name.endswith("/" + part) for part in ACTIONFORMER_STEPS)),
    )
    cut(full, "actionformer/dataset")
    cut(full, "tridet/thumos_like", is_read)
    cut(full, "gtad/all_layer_context")
    cut(full, "gtad/thumos_windows")
    cut_suppression(full)
    cut_evaluation(full)
    sizes = {path: path.stat().st_size for path in SMALL.rglob("*") if path.is_file()}
    print(f"{len(sizes)} files, {sum(sizes.values())} bytes, the largest {max(sizes.values())}")


main()
