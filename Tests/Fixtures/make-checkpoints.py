"""Writes checkpoints/: tiny models as the releases of ActionFormer, TriDet, G-TAD and OpenTAD save them, and what PyTorch makes of them.

Every checkpoint holds other weights under `state_dict` than under `state_dict_ema`; the numbers belong to the latter. The networks
are written here in plain PyTorch after the papers and the facts in the documentation of the heads.

    python Tests/Fixtures/make-checkpoints.py
"""

import collections
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

FOLDER = pathlib.Path(__file__).parent / "checkpoints"
GENERATOR = torch.Generator().manual_seed(11)


class Weights(dict):
    """Random tensors by name, made when they are first asked for."""

    def tensor(self, name, *shape, scale=None, mean=0.0):
        if name not in self:
            if scale is None:
                scale = 1 / math.sqrt(max(1, math.prod(shape[1:])))
            self[name] = torch.randn(shape, generator=GENERATOR) * scale + mean
        return self[name]


class Pyramid:
    """ActionFormer or TriDet with the names of the authors' releases; `opentad` follows OpenTAD where that differs."""

    def __init__(self, weights, config, opentad):
        self.weights, self.config, self.opentad = weights, config, opentad
        self.epsilon = 1e-6 if opentad else 1e-5

    def conv(self, x, name, outputs, kernel=1, groups=1, stride=1, bias=True):
        weight = self.weights.tensor(f"{name}.weight", outputs, x.shape[1] // groups, kernel)
        shift = self.weights.tensor(f"{name}.bias", outputs, scale=0.1) if bias else None
        return F.conv1d(x, weight, shift, stride=stride, padding=kernel // 2, groups=groups)

    def norm(self, x, name, epsilon=1e-5):
        channels = x.shape[1]
        weight = self.weights.tensor(f"{name}.weight", 1, channels, 1, scale=0.1, mean=1)
        bias = self.weights.tensor(f"{name}.bias", 1, channels, 1, scale=0.1)
        centred = x - x.mean(1, keepdim=True)
        return centred / (centred.square().mean(1, keepdim=True) + epsilon).sqrt() * weight + bias

    def normalized(self, x, mask, conv, norm, channels, kernel):
        x = F.relu(self.norm(self.conv(x, conv, channels, kernel, bias=False) * mask, norm, self.epsilon))
        return x * mask if self.opentad else x

    def scale(self, name, channels):
        return self.weights.tensor(name, 1, channels, 1, scale=0.3, mean=0.5)

    def attention(self, x, mask, name, stride, window):
        channels, heads = x.shape[1], self.config["n_head"]

        def projected(kind):
            y = self.conv(x, f"{name}.{kind}_conv.conv", channels, 3, groups=channels, stride=stride, bias=False)
            y = self.conv(self.norm(y * mask, f"{name}.{kind}_norm"), f"{name}.{kind}", channels)
            return y.reshape(heads, channels // heads, -1)

        query, key, value = (projected(kind) for kind in ("query", "key", "value"))
        scores = torch.einsum("hct,hcs->hts", query, key) / math.sqrt(channels // heads)
        real = mask[0, 0] > 0
        if window > 1:
            places = torch.arange(len(real))
            far = (places[:, None] - places[None, :]).abs() > window // 2
            scores = scores - 1e4 * (~real).float()
            shares = scores.masked_fill(far, -math.inf).softmax(-1).masked_fill(~real[:, None], 0)
        else:
            shares = scores.masked_fill(~real, -math.inf).softmax(-1)
            value = value * mask[0]
        result = torch.einsum("hts,hcs->hct", shares, value).reshape(1, channels, -1)
        return self.conv(result, f"{name}.proj", channels) * mask

    def transformer(self, x, mask, name, stride, window):
        channels = x.shape[1]
        shortcut = F.max_pool1d(x, 3, 2, 1) if stride > 1 else x
        attended = self.attention(self.norm(x, f"{name}.ln1"), mask, f"{name}.attn", stride, window)
        x = shortcut * mask + self.scale(f"{name}.drop_path_attn.scale", channels) * attended
        y = F.gelu(self.conv(self.norm(x, f"{name}.ln2"), f"{name}.mlp.0", 4 * channels))
        y = self.conv(y, f"{name}.mlp.3", channels) * mask
        return x + self.scale(f"{name}.drop_path_mlp.scale", channels) * y

    def granularity(self, x, mask, name, stride, window):
        """The padding takes part in the mean over time and in the group statistics, as in both releases."""
        channels = x.shape[1]
        shortcut = F.max_pool1d(x, 3, 2, 1) if stride > 1 else x
        u = self.norm(shortcut, f"{name}.ln")
        wide = round((window + 1) * self.config["k"])
        wide += 1 - wide % 2

        def depthwise(y, kind, kernel):
            return self.conv(y, f"{name}.{kind}", channels, kernel, groups=channels)

        gate = depthwise(u, "psi", window)
        instant = depthwise(u, "fc", 1) * F.relu(depthwise(u.mean(2, keepdim=True), "global_fc", 1))
        mixed = instant + (depthwise(u, "convw", window) + depthwise(u, "convkw", wide)) * gate + u
        scaled = stride > 1
        x = shortcut * mask + (self.scale(f"{name}.drop_path_out.scale", channels) * mixed if scaled else mixed)
        weight = self.weights.tensor(f"{name}.gn.weight", channels, scale=0.1, mean=1)
        bias = self.weights.tensor(f"{name}.gn.bias", channels, scale=0.1)
        y = F.gelu(self.conv(F.group_norm(x, 16, weight, bias), f"{name}.mlp.0", self.config["sgp_mlp_dim"]))
        y = self.conv(y, f"{name}.mlp.2", channels)
        return x + (self.scale(f"{name}.drop_path_mlp.scale", channels) * y if scaled else y)

    def __call__(self, features, length):
        """Scores of every level, by name, for features `[channels, length]` padded to a length."""
        config = self.config
        channels, kind = config["embd_dim"], config["backbone_type"]
        block = self.granularity if kind == "SGP" else self.transformer
        windows = config["n_sgp_win_size" if kind == "SGP" else "n_mha_win_size"]
        x = F.pad(features, [0, length - features.shape[1]])[None]
        mask = (torch.arange(length) < features.shape[1]).float()[None, None]
        for layer in range(config["backbone_arch"][0]):
            x = self.normalized(x, mask, f"backbone.embd.{layer}.conv", f"backbone.embd_norm.{layer}", channels, 3)
        for layer in range(config["backbone_arch"][1]):
            x = block(x, mask, f"backbone.stem.{layer}", 1, 1 if kind == "SGP" else windows[0])
        levels = [(x, mask)]
        for layer in range(config["backbone_arch"][2]):
            mask = mask[..., ::2]
            x = block(x, mask, f"backbone.branch.{layer}", 2, windows[layer + 1])
            levels.append((x, mask))
        result = {}
        for level, (x, mask) in enumerate(levels):
            x = self.norm(x, f"neck.fpn_norms.{level}", self.epsilon)
            result[f"logits{level}"] = self.branch(x, mask, "cls_head", "cls_head", config["num_classes"])
            outputs = 2 * (config["num_bins"] + 1) if kind == "SGP" else 2
            offsets = self.branch(x, mask, "reg_head", "offset_head", outputs)
            factor = self.weights.tensor(f"reg_head.scale.{level}.scale", scale=0.1, mean=1)
            result[f"offsets{level}"] = F.relu(offsets * factor)
            if kind == "SGP":
                result[f"starts{level}"] = self.branch(x, mask, "start_head", "cls_head", config["num_classes"])
                result[f"ends{level}"] = self.branch(x, mask, "end_head", "cls_head", config["num_classes"])
        return {name: value[0].T.contiguous() for name, value in result.items()}

    def branch(self, x, mask, name, output, outputs):
        for layer in range(2):
            x = self.normalized(
                x, mask, f"{name}.head.{layer}.conv", f"{name}.norm.{layer}", self.config["head_dim"], 3)
        scores = self.conv(x, f"{name}.{output}.conv", outputs, 3)
        return scores if self.opentad else scores * mask


class UnpaddedMaxPooling(Pyramid):
    """TemporalMaxer in OpenTAD: two streams, levels by pooling, a neck of groups without learned factors, and no padding."""

    def __call__(self, features):
        config = self.config
        mask = torch.ones([1, 1, features.shape[1]])
        x = torch.cat([
            self.conv(part, f"backbone.proj.{index}.conv", outputs)
            for index, (part, outputs) in enumerate(
                zip(features[None].split(config["input_dim"], 1), config["stream_dim"]))], 1)
        for layer in range(config["backbone_arch"][0]):
            x = self.normalized(
                x, mask, f"backbone.embd.{layer}.conv", f"backbone.embd_norm.{layer}", config["embd_dim"], 3)
        result = {}
        for level in range(config["backbone_arch"][2] + 1):
            if level > 0:
                x, mask = F.max_pool1d(x, 3, 2, 1), F.max_pool1d(mask, 3, 2, 1)
            y = F.group_norm(x, config["fpn_groups"])
            result[f"logits{level}"] = self.branch(y, mask, "cls_head", "cls_head", config["num_classes"])
            offsets = self.branch(y, mask, "reg_head", "offset_head", 2)
            result[f"offsets{level}"] = F.relu(
                offsets * self.weights.tensor(f"reg_head.scale.{level}.scale", scale=0.1, mean=1))
        return {name: value[0].T.contiguous() for name, value in result.items()}


def opentad_name(name):
    parts = name.split(".")
    if parts[0] == "backbone":
        if parts[1] == "proj":
            return f"projection.proj.{parts[2]}.conv.{parts[4]}"
        if parts[1] == "embd":
            return f"projection.embed.{parts[2]}.conv.{parts[4]}"
        if parts[1] == "embd_norm":
            return f"projection.embed.{parts[2]}.norm.{parts[3]}"
        return "projection." + ".".join(parts[1:])
    if parts[0] == "neck":
        return name
    if parts[1] == "scale":
        return f"rpn_head.scale.{parts[2]}.scale"
    branch = {"cls_head": "cls", "reg_head": "reg", "start_head": "cls_start", "end_head": "cls_end"}[parts[0]]
    if parts[1] == "head":
        return f"rpn_head.{branch}_convs.{parts[2]}.conv.{parts[4]}"
    if parts[1] == "norm":
        return f"rpn_head.{branch}_convs.{parts[2]}.norm.{parts[3]}"
    return f"rpn_head.{branch}_head.{parts[3]}"


def to_opentad(weights):
    result = {}
    for name, value in weights.items():
        is_norm = value.ndim == 3 and value.shape[0] == value.shape[2] == 1 and not name.endswith("scale")
        result[opentad_name(name)] = value.reshape(-1) if is_norm and value.numel() > 1 else value
    result["rpn_head.loss_normalizer"] = torch.tensor(123.5)
    return result


def save(name, weights):
    """As the releases do: the model's own weights, the averaged ones, and the state of optimizer and schedule."""
    average = {f"module.{key}": value for key, value in weights.items()}
    plain = {key: value + 1 for key, value in average.items()}
    torch.save(
        {
            "epoch": 39,
            "state_dict": collections.OrderedDict(plain),
            "state_dict_ema": collections.OrderedDict(average),
            "optimizer": {"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [
                {"lr": 1e-4, "betas": (0.9, 0.999), "foreach": None, "amsgrad": False, "params": [0, 1]}]},
            "scheduler": {"milestones": collections.Counter([7]), "last_epoch": 40, "base_lrs": [1e-4]},
        },
        FOLDER / name)


def pyramid(name, config, length, opentad):
    weights = Weights()
    features = torch.randn([config["input_dim"], length], generator=GENERATOR)
    outputs = Pyramid(weights, config, opentad)(features, config["max_seq_len"])
    if opentad:
        save(f"{name}.pth", to_opentad(weights))
    else:
        save(f"{name}.pth.tar", weights)
        (FOLDER / f"{name}.json").write_text(json.dumps(config, indent=1) + "\n")
    save_file({"features": features.T.contiguous(), **outputs}, FOLDER / f"{name}.safetensors")


def temporalmaxer():
    config = {"input_dim": [4, 2], "stream_dim": [5, 3], "embd_dim": 8, "head_dim": 8, "backbone_arch": [2, 0, 2],
              "fpn_groups": 4, "num_classes": 3}
    weights = Weights()
    features = torch.randn([6, 13], generator=GENERATOR)
    outputs = UnpaddedMaxPooling(weights, config, opentad=True)(features)
    save("opentad-temporalmaxer.pth", to_opentad(weights))
    save_file({"features": features.T.contiguous(), **outputs}, FOLDER / "opentad-temporalmaxer.safetensors")


def gtad():
    weights = Weights()
    channels, paths, width, proposal, area = 8, 2, 4, 8, 6

    def layer(name, outputs, *shape):
        weights.tensor(f"{name}.weight", outputs, *shape)
        weights.tensor(f"{name}.bias", outputs)

    layer("backbone1.0", channels, 2, 3)
    for graph in ("backbone1.2", "regu_s.0", "regu_e.0", "backbone2.0"):
        layer(f"{graph}.tconvs.0", width, channels, 1)
        layer(f"{graph}.tconvs.2", width, width // paths, 3)
        layer(f"{graph}.tconvs.4", channels, width, 1)
        layer(f"{graph}.sconvs.0", width, 2 * channels, 1, 1)
        layer(f"{graph}.sconvs.2", width, width // paths, 1, 1)
        layer(f"{graph}.sconvs.4", channels, width, 1, 1)
    layer("regu_s.1", 1, channels, 1)
    layer("regu_e.1", 1, channels, 1)
    layer("localization.0", proposal, channels * 4, 1, 1)
    layer("localization.2", area, proposal, 1, 1)
    layer("localization.4", area, area, 3, 3)
    layer("localization.6", area, area, 3, 3)
    layer("localization.8", 2, area, 1, 1)
    save("gtad.pth.tar", weights)
    opentad_gtad(channels)
    save_file({name: value.double().sum().float().reshape(1) for name, value in weights.items()}, FOLDER / "gtad.safetensors")


def opentad_gtad(channels):
    """The names of OpenTAD, whose graph convolutions have 32 paths of 4 channels."""
    weights = Weights()

    def layer(name, outputs, *shape):
        weights.tensor(f"{name}.weight", outputs, *shape)
        weights.tensor(f"{name}.bias", outputs)

    extractor, head = "roi_head.proposal_roi_extractor", "roi_head.proposal_head.head"
    layer("projection.convs.0.conv", channels, 2, 3)
    for graph in ("neck", "rpn_head.tem.0.0", "rpn_head.tem.1.0", f"{extractor}.gcnext"):
        layer(f"{graph}.tconvs.0", 128, channels, 1)
        layer(f"{graph}.tconvs.2", 128, 4, 3)
        layer(f"{graph}.tconvs.4", channels, 128, 1)
        layer(f"{graph}.sconvs.0", 128, 2 * channels, 1, 1)
        layer(f"{graph}.sconvs.2", 128, 4, 1, 1)
        layer(f"{graph}.sconvs.4", channels, 128, 1, 1)
    layer("rpn_head.tem.0.1.conv", 1, channels, 1)
    layer("rpn_head.tem.1.1.conv", 1, channels, 1)
    layer(f"{extractor}.conv2d.0", 8, channels * 4, 1, 1)
    layer(f"{head}.0.0", 6, 8, 1, 1)
    layer(f"{head}.1.0", 6, 6, 1, 1)
    layer(f"{head}.2.0", 6, 6, 1, 1)
    layer(f"{head}.3", 2, 6, 1, 1)
    # In half precision, since these layers are wide.
    weights = {name: value.half() for name, value in weights.items()}
    save("opentad-gtad.pth", weights)
    save_file(
        {name: value.double().sum().float().reshape(1) for name, value in weights.items()}
        | {"output": weights[f"{head}.3.bias"].float()}, FOLDER / "opentad-gtad.safetensors")


def main():
    FOLDER.mkdir(exist_ok=True)
    common = {"input_dim": 6, "fpn_type": "identity", "num_classes": 3, "scale_factor": 2, "embd_with_ln": True,
              "fpn_with_ln": True, "head_with_ln": True, "head_num_layers": 3}
    transformer = common | {
        "backbone_type": "convTransformer", "backbone_arch": [1, 1, 2], "max_seq_len": 16, "n_head": 2,
        "n_mha_win_size": [5, 5, -1], "embd_dim": 8, "fpn_dim": 8, "head_dim": 8,
        "regression_range": [[0, 4], [4, 8], [8, 10000]]}
    granularity = common | {
        "backbone_type": "SGP", "backbone_arch": [1, 1, 1], "max_seq_len": 12, "n_sgp_win_size": [3, 3], "k": 1.5,
        "embd_dim": 16, "fpn_dim": 16, "head_dim": 8, "sgp_mlp_dim": 12, "num_bins": 4,
        "regression_range": [[0, 4], [4, 10000]]}
    pyramid("actionformer", transformer, 13, opentad=False)
    pyramid("tridet", granularity, 9, opentad=False)
    pyramid("opentad-actionformer", transformer, 13, opentad=True)
    pyramid("opentad-tridet", granularity, 9, opentad=True)
    gtad()
    temporalmaxer()
    # Its numbers are in heads/bmn.safetensors; see make-bmn.py.
    bmn = load_file(FOLDER.parent / "heads" / "bmn.safetensors")
    save("opentad-bmn.pth", {name[8:]: value for name, value in bmn.items() if name.startswith("weights/")})
    for path in sorted(FOLDER.glob("*.*")):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
