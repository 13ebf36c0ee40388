"""A ViT-B on tubelets of 2 x 16 x 16 pixels in which all tokens attend to each other: the matmuls of S-ViLM base without
its group tokens."""
import torch
from torch import nn
from torch.nn import functional

WIDTH, HEADS, DEPTH, PATCH, SIZE = 768, 12, 12, 16, 224


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.before_attention = nn.LayerNorm(WIDTH)
        self.attention_inputs = nn.Linear(WIDTH, 3 * WIDTH)
        self.attention_output = nn.Linear(WIDTH, WIDTH)
        self.before_hidden = nn.LayerNorm(WIDTH)
        self.hidden = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, tokens):
        batch, count, _ = tokens.shape
        parts = self.attention_inputs(self.before_attention(tokens))
        parts = parts.reshape(batch, count, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        tokens = tokens + self.attention_output(seen.transpose(1, 2).reshape(batch, count, WIDTH))
        return tokens + self.hidden(self.before_hidden(tokens))


class VideoTransformer(nn.Module):
    """[batch, 3, frames, 224, 224] to [batch, 768]."""

    def __init__(self, frames):
        super().__init__()
        self.embedding = nn.Conv3d(3, WIDTH, (2, PATCH, PATCH), (2, PATCH, PATCH))
        self.position = nn.Parameter(0.02 * torch.randn(1, frames // 2 * (SIZE // PATCH) ** 2, WIDTH))
        self.layers = nn.Sequential(*[Layer() for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, clips):
        tokens = self.embedding(clips).flatten(2).transpose(1, 2) + self.position
        return self.norm(self.layers(tokens)).mean(dim=1)


def random_clip(frames):
    return torch.randn(1, 3, frames, SIZE, SIZE)
