"""VideoMAE-B, CLIP B/16's image tower and EfficientNet-Lite0 in PyTorch as their authors compute them, with random weights, and the
same weights under their published names. Queries, keys and values come from one product, which is the faster way for every peer."""
import numpy
import torch
from torch import nn
from torch.nn import functional

WIDTH, HEADS, DEPTH, PATCH = 768, 12, 12, 16


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


class Layer(nn.Module):
    def __init__(self, epsilon, activation):
        super().__init__()
        self.before_attention = nn.LayerNorm(WIDTH, eps=epsilon)
        self.attention_inputs = nn.Linear(WIDTH, 3 * WIDTH)
        self.attention_output = nn.Linear(WIDTH, WIDTH)
        self.before_hidden = nn.LayerNorm(WIDTH, eps=epsilon)
        self.expand, self.contract = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.activation = activation

    def forward(self, tokens):
        batch, count, _ = tokens.shape
        parts = self.attention_inputs(self.before_attention(tokens))
        parts = parts.reshape(batch, count, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        tokens = tokens + self.attention_output(seen.transpose(1, 2).reshape(batch, count, WIDTH))
        return tokens + self.contract(self.activation(self.expand(self.before_hidden(tokens))))


def positions(frames, size):
    """VideoMAE's fixed table."""
    tokens = frames // 2 * (size // PATCH) ** 2
    angles = numpy.arange(tokens)[:, None] / 10000 ** (2 * (numpy.arange(WIDTH) // 2) / WIDTH)
    table = numpy.where(numpy.arange(WIDTH) % 2 == 0, numpy.sin(angles), numpy.cos(angles))
    return torch.from_numpy(table.astype(numpy.float32))[None]


class VideoMAE(nn.Module):
    """[batch, 3, frames, size, size] to [batch, 768], or to [batch, frames / 2, 768] by steps in time."""

    def __init__(self, frames=16, size=224, per_step=False):
        super().__init__()
        self.embedding = nn.Conv3d(3, WIDTH, (2, PATCH, PATCH), (2, PATCH, PATCH))
        self.register_buffer("positions", positions(frames, size), persistent=False)
        self.layers = nn.Sequential(*[Layer(1e-12, functional.gelu) for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH)
        self.steps = frames // 2 if per_step else 0

    def forward(self, clips):
        tokens = self.embedding(clips).flatten(2).transpose(1, 2) + self.positions
        tokens = self.layers(tokens)
        if self.steps:
            return tokens.reshape(tokens.shape[0], self.steps, -1, WIDTH).mean(dim=2)
        return self.norm(tokens.mean(dim=1))

    @staticmethod
    def example(batch):
        return torch.randn(batch, 3, 16, 224, 224)

    def published(self):
        start = "videomae.embeddings.patch_embeddings.projection."
        named = {start + "weight": self.embedding.weight, start + "bias": self.embedding.bias}
        for number, layer in enumerate(self.layers):
            block = f"videomae.encoder.layer.{number}."
            query, key, value = layer.attention_inputs.weight.chunk(3)
            biases = layer.attention_inputs.bias.chunk(3)
            attention = block + "attention.attention."
            named |= {attention + "query.weight": query, attention + "key.weight": key, attention + "value.weight": value}
            named |= {attention + "q_bias": biases[0], attention + "v_bias": biases[2]}
            add(named, block + "attention.output.dense", layer.attention_output)
            add(named, block + "layernorm_before", layer.before_attention)
            add(named, block + "layernorm_after", layer.before_hidden)
            add(named, block + "intermediate.dense", layer.expand)
            add(named, block + "output.dense", layer.contract)
        add(named, "fc_norm", self.norm)
        return named


class CLIPImage(nn.Module):
    """[batch, 3, 224, 224] to [batch, 768]."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
        self.token = nn.Parameter(0.02 * torch.randn(WIDTH))
        self.positions = nn.Parameter(0.02 * torch.randn(197, WIDTH))
        self.before, self.norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.layers = nn.Sequential(*[Layer(1e-5, quick_gelu) for _ in range(DEPTH)])

    def forward(self, pictures):
        patches = self.embedding(pictures).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(patches.shape[0], 1, WIDTH), patches], dim=1) + self.positions
        return self.norm(self.layers(self.before(tokens))[:, 0])

    @staticmethod
    def example(batch):
        return torch.randn(batch, 3, 224, 224)

    def published(self):
        start = "vision_model."
        named = {
            start + "embeddings.patch_embedding.weight": self.embedding.weight,
            start + "embeddings.class_embedding": self.token,
            start + "embeddings.position_embedding.weight": self.positions}
        add(named, start + "pre_layrnorm", self.before)
        add(named, start + "post_layernorm", self.norm)
        for number, layer in enumerate(self.layers):
            block = f"{start}encoder.layers.{number}."
            weights, biases = layer.attention_inputs.weight.chunk(3), layer.attention_inputs.bias.chunk(3)
            for part, weight, bias in zip("qkv", weights, biases):
                named |= {f"{block}self_attn.{part}_proj.weight": weight, f"{block}self_attn.{part}_proj.bias": bias}
            add(named, block + "self_attn.out_proj", layer.attention_output)
            add(named, block + "layer_norm1", layer.before_attention)
            add(named, block + "layer_norm2", layer.before_hidden)
            add(named, block + "mlp.fc1", layer.expand)
            add(named, block + "mlp.fc2", layer.contract)
        named["visual_projection.weight"] = 0.02 * torch.randn(512, WIDTH)
        return named


class Lite0(nn.Module):
    """EfficientNet-Lite0 of the package efficientnet-lite-pytorch: [batch, 3, 224, 224] to [batch, 1280]."""

    def __init__(self):
        super().__init__()
        from efficientnet_lite_pytorch import EfficientNet

        self.network = EfficientNet.from_name("efficientnet-lite0")

    def forward(self, pictures):
        return self.network.extract_features(pictures).mean(dim=(2, 3))

    @staticmethod
    def example(batch):
        return torch.randn(batch, 3, 224, 224)

    def published(self):
        return self.network.state_dict()


def add(named, name, layer):
    named[name + ".weight"], named[name + ".bias"] = layer.weight, layer.bias


def make(name, **settings):
    torch.manual_seed(0)
    model = {"videomae": VideoMAE, "clip": CLIPImage, "lite0": Lite0}[name](**settings).eval()
    with torch.no_grad():
        for layer in getattr(model, "layers", []):
            # Keys of VideoMAE have no bias.
            layer.attention_inputs.bias[WIDTH:2 * WIDTH] = 0
    return model
