"""A head of ActionFormer's sizes in PyTorch: seconds of a training step, or of a detection from features, as a median.

Two masked convolutions embed the features; transformer blocks with depthwise convolutions before queries, keys and values attend
within a window, over a pyramid of six levels; classification and regression have three convolutions each. The training step is
targets, focal and distance-IoU loss, backward, clipping and AdamW; detection ends with Gaussian soft-NMS in numpy.
"""
import argparse
import json
import os
import resource
import statistics
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

CFG = {  # input dim, embed dim, T, batch, classes, window
    "thumos": (2048, 512, 2304, 2, 20, 19),
    "anet": (512, 256, 192, 16, 1, 19),
}
HEADS, LEVELS = 4, 6


class Norm(nn.Module):  # layer norm over channels of (B, C, T)
    def __init__(self, c):
        super().__init__()
        self.w, self.b = nn.Parameter(torch.ones(c)), nn.Parameter(torch.zeros(c))

    def forward(self, x):
        return F.layer_norm(x.transpose(1, 2), (x.shape[1],), self.w, self.b).transpose(1, 2)


class Conv(nn.Module):  # conv1d that zeroes invalid positions
    def __init__(self, i, o, k=3, stride=1, groups=1, bias=True):
        super().__init__()
        self.c = nn.Conv1d(i, o, k, stride, k // 2, groups=groups, bias=bias)

    def forward(self, x, m):
        x = self.c(x)
        m = m[:, :, ::self.c.stride[0]]
        return x * m, m


def local_attention(q, k, v, mask, w, block=32):
    """q, k, v: (B, H, T, d); mask (B, 1, T). Each position sees w//2 to each
    side. Queries go in blocks; each block sees block + 2*(w//2) keys."""
    B, Hh, T, d = q.shape
    r = w // 2
    pad = (-T) % block
    n = (T + pad) // block
    q = F.pad(q, (0, 0, 0, pad)).view(B, Hh, n, block, d)
    k = F.pad(k, (0, 0, r, r + pad)).unfold(2, block + 2 * r, block).transpose(3, 4)
    v = F.pad(v, (0, 0, r, r + pad)).unfold(2, block + 2 * r, block).transpose(3, 4)
    ok = F.pad(mask, (r, r + pad)).unfold(2, block + 2 * r, block)  # (B, 1, n, keys)
    i = torch.arange(block)[:, None]
    j = torch.arange(block + 2 * r)[None, :]
    band = (j >= i) & (j <= i + 2 * r)
    bias = torch.zeros(B, 1, n, block, block + 2 * r, dtype=q.dtype)
    bias.masked_fill_(~(band & (ok[:, :, :, None] > 0)), -1e4)
    s = q @ k.transpose(3, 4) * d ** -0.5 + bias
    y = s.softmax(-1) @ v
    return y.reshape(B, Hh, n * block, d)[:, :, :T]


class Block(nn.Module):
    def __init__(self, c, w, stride):
        super().__init__()
        self.w, self.stride = w, stride
        self.n1, self.n2 = Norm(c), Norm(c)
        self.dw = nn.ModuleList([Conv(c, c, 3, stride, c, bias=False) for _ in range(3)])
        self.dn = nn.ModuleList([Norm(c) for _ in range(3)])
        self.pw = nn.ModuleList([nn.Conv1d(c, c, 1) for _ in range(4)])
        self.mlp = nn.Sequential(nn.Conv1d(c, 4 * c, 1), nn.GELU(), nn.Conv1d(4 * c, c, 1))
        self.s1, self.s2 = (nn.Parameter(torch.full((1, c, 1), 1e-4)) for _ in range(2))

    def forward(self, x, m):
        y, B, C = self.n1(x), x.shape[0], x.shape[1]
        qkv = []
        for dw, dn, pw in zip(self.dw, self.dn, self.pw):
            h, mo = dw(y, m)
            h = pw(dn(h))
            qkv.append(h.view(B, HEADS, C // HEADS, -1).transpose(2, 3))
        h = local_attention(*qkv, mo, self.w).transpose(2, 3).reshape(B, C, -1)
        h = self.pw[3](h) * mo
        if self.stride > 1:
            x = F.max_pool1d(x, 3, 2, 1)
        x = x * mo + self.s1 * h
        return x + self.s2 * self.mlp(self.n2(x)) * mo, mo


class Head(nn.Module):
    def __init__(self, c, out):
        super().__init__()
        self.c = nn.ModuleList([Conv(c, c, bias=False), Conv(c, c, bias=False)])
        self.n = nn.ModuleList([Norm(c), Norm(c)])
        self.o = Conv(c, out)

    def forward(self, x, m):
        for c, n in zip(self.c, self.n):
            x = F.relu(n(c(x, m)[0]))
        return self.o(x, m)[0].transpose(1, 2)


class Model(nn.Module):
    def __init__(self, cin, c, classes, w):
        super().__init__()
        self.emb = nn.ModuleList([Conv(cin, c, bias=False), Conv(c, c, bias=False)])
        self.en = nn.ModuleList([Norm(c), Norm(c)])
        self.stem = nn.ModuleList([Block(c, w, 1) for _ in range(2)])
        self.branch = nn.ModuleList([Block(c, w, 2) for _ in range(LEVELS - 1)])
        self.fn = nn.ModuleList([Norm(c) for _ in range(LEVELS)])
        self.cls, self.reg = Head(c, classes), Head(c, 2)
        self.scale = nn.Parameter(torch.ones(LEVELS))
        nn.init.constant_(self.cls.o.c.bias, -4.6)

    def forward(self, x, m):
        for c, n in zip(self.emb, self.en):
            x = F.relu(n(c(x, m)[0]))
        for b in self.stem:
            x, m = b(x, m)
        xs, ms = [x], [m]
        for b in self.branch:
            x, m = b(x, m)
            xs.append(x)
            ms.append(m)
        cl, rg, mk = [], [], []
        for i, (x, m) in enumerate(zip(xs, ms)):
            x = self.fn[i](x)
            cl.append(self.cls(x, m))
            rg.append(F.relu(self.reg(x, m) * self.scale[i]))
            mk.append(m[:, 0])
        return torch.cat(cl, 1), torch.cat(rg, 1), torch.cat(mk, 1)


def points(T):
    t, s = [], []
    for l in range(LEVELS):
        p = torch.arange(0, T, 2 ** l, dtype=torch.float32)
        t.append(p)
        s.append(torch.full_like(p, 2.0 ** l))
    return torch.cat(t), torch.cat(s)


RANGES = [(0, 4), (4, 8), (8, 16), (16, 32), (32, 64), (64, 1e4)]


def targets(T, gts, classes):
    """gts: list of (n, 3) tensors: start, end, class. Per point: one-hot class,
    left/right offsets in units of the stride, positive flag."""
    t, s = points(T)
    lo = torch.cat([torch.full((len(range(0, T, 2 ** l)),), float(RANGES[l][0])) for l in range(LEVELS)])
    hi = torch.cat([torch.full((len(range(0, T, 2 ** l)),), float(RANGES[l][1])) for l in range(LEVELS)])
    C, O, P = [], [], []
    for g in gts:
        left, right = t[:, None] - g[None, :, 0], g[None, :, 1] - t[:, None]
        ctr = (g[:, 0] + g[:, 1]) / 2
        near = (t[:, None] - ctr[None]).abs() <= 1.5 * s[:, None]
        far = torch.maximum(left, right)
        ok = near & (left > 0) & (right > 0) & (far >= lo[:, None]) & (far <= hi[:, None])
        ln = torch.where(ok, (g[:, 1] - g[:, 0])[None].expand_as(left), torch.tensor(float("inf")))
        best, k = ln.min(1)
        pos = best < float("inf")
        c = F.one_hot(g[k, 2].long(), classes).float() * pos[:, None]
        C.append(c)
        O.append(torch.stack([left.gather(1, k[:, None])[:, 0], right.gather(1, k[:, None])[:, 0]], 1) / s[:, None])
        P.append(pos)
    return torch.stack(C), torch.stack(O), torch.stack(P)


def loss_fn(cl, rg, mk, tc, to, tp, norm):
    valid = mk > 0
    x, y = cl[valid], tc[valid]
    p = x.sigmoid()
    ce = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    pt = p * y + (1 - p) * (1 - y)
    focal = ((0.25 * y + 0.75 * (1 - y)) * (1 - pt) ** 2 * ce).sum() / norm
    pos = valid & tp
    if not pos.any():
        return focal
    a, b = rg[pos], to[pos]
    inter = torch.minimum(a, b).sum(1)
    union = a.sum(1) + b.sum(1) - inter
    hull = torch.maximum(a, b).sum(1)
    rho = ((a[:, 1] - a[:, 0]) - (b[:, 1] - b[:, 0])) / 2
    diou = 1 - inter / union.clamp(min=1e-8) + (rho / hull.clamp(min=1e-8)) ** 2
    return focal + diou.sum() / norm


def decode(cl, rg, mk, t, s, topk=2000, thr=1e-3):
    out = []
    for b in range(cl.shape[0]):
        p = (cl[b].sigmoid() * mk[b][:, None]).flatten()
        keep = (p > thr).nonzero()[:, 0]
        v, o = p[keep].topk(min(topk, len(keep)))
        keep = keep[o]
        i, c = keep // cl.shape[2], keep % cl.shape[2]
        seg = torch.stack([t[i] - rg[b][i, 0] * s[i], t[i] + rg[b][i, 1] * s[i]], 1)
        out.append((seg, v, c))
    return out


def soft_nms(seg, score, cls, sigma=0.5, thr=1e-3, keep_max=200):
    """Gaussian soft-NMS per class, in numpy; the loop is over kept segments."""
    import numpy as np
    seg, score, cls = seg.numpy(), score.numpy().copy(), cls.numpy()
    res = []
    for c in np.unique(cls):
        a, s = seg[cls == c], score[cls == c].copy()
        for _ in range(min(len(s), keep_max)):
            i = s.argmax()
            if s[i] < thr:
                break
            res.append((a[i, 0], a[i, 1], s[i], c))
            inter = np.maximum(np.minimum(a[:, 1], a[i, 1]) - np.maximum(a[:, 0], a[i, 0]), 0)
            iou = inter / (a[:, 1] - a[:, 0] + a[i, 1] - a[i, 0] - inter + 1e-9)
            s *= np.exp(-iou * iou / sigma)
            s[i] = 0
    res.sort(key=lambda r: -r[2])
    return res[:keep_max]


def median_seconds(work, runs):
    work()
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["train-step", "detect"])
    parser.add_argument("--sizes", choices=list(CFG), default="thumos")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    cin, c, T, B, classes, window = CFG[options.sizes]
    model = Model(cin, c, classes, window)
    x, m = torch.randn(B, cin, T), torch.ones(B, 1, T)
    t, s = points(T)

    def network(*inputs):
        """The network in the precision asked for; what comes out is float32."""
        with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16"):
            outputs = model(*inputs)
        return [value.float() for value in outputs]

    if options.work == "detect":
        model.eval()
        # Scores spread so that there are as many candidates as the limit lets through.
        with torch.no_grad():
            model.cls.o.c.bias.fill_(-2.0)
            model.reg.o.c.bias.fill_(2.0)

        def work():
            with torch.inference_mode():
                return [soft_nms(*found) for found in decode(*network(x[:1], m[:1]), t, s)]
    else:
        model.train()
        optimizer = torch.optim.AdamW(model.parameters(), 1e-4, weight_decay=0.05)
        generator = torch.Generator().manual_seed(1)
        gts = []
        for _ in range(B):
            start = torch.rand(15, generator=generator) * T * 0.7
            length = 3 + torch.rand(15, generator=generator) * T * 0.08
            label = torch.randint(0, classes, (15,), generator=generator).float()
            gts.append(torch.stack([start, start + length, label], 1))
        norm = 100.0

        def work():
            nonlocal norm
            tc, to, tp = targets(T, gts, classes)
            norm = 0.9 * norm + 0.1 * max(int(tp.sum()), 1)
            loss = loss_fn(*network(x, m), tc, to, tp, norm)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()

    seconds = median_seconds(work, options.runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    Path(options.json).write_text(json.dumps({"seconds_median": seconds, "peak_rss_bytes": peak}))


if __name__ == "__main__":
    main()
