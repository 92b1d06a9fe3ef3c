"""Fifty training steps in PyTorch whose bounds another implementation must reproduce; see README.md, "Parity"."""
import math

import torch
from sklearn.datasets import load_digits
from torch import nn
import torch.nn.functional as F

import golden
from splitmix import SplitMix

ROWS, BATCH, STEPS = 200, 20, 50
WEIGHT_SEED, NOISE_SEED = 1, 2
OBJECTIVES = {"elbo-analytic": 1, "elbo-sampled": 1, "iwae": 5}  # name: samples K
DTYPES = {"float64": torch.float64, "float32": torch.float32}


def pixels():
    """The first 200 digits, 8 x 8 row-major, 1 where the grey level 0..16 is at least 8."""
    return (load_digits().data[:ROWS] >= 8).astype(int)


class Mlp(nn.Module):
    """64-32-(2 x 5) and 5-32-64, tanh."""

    latent = 5

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
        self.decoder = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 64))


class ByPixel(nn.Module):
    """Feature maps [N, C, h, w] as rows [N, h w C], each pixel with all its channels."""

    def forward(self, maps):
        return maps.permute(0, 2, 3, 1).flatten(1)


class Maps(nn.Module):
    """The inverse of ByPixel."""

    def __init__(self, height, width):
        super().__init__()
        self.size = (height, width)

    def forward(self, rows):
        return rows.unflatten(1, (*self.size, -1)).permute(0, 3, 1, 2)


class Convolutional(nn.Module):
    """Two strided convolutions and two linear layers, and their mirror; ReLU."""

    latent = 3

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 4, 4, 2, 1), nn.ReLU(), nn.Conv2d(4, 8, 4, 2, 1), nn.ReLU(),
            ByPixel(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 6))
        self.decoder = nn.Sequential(
            nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 32), nn.ReLU(), Maps(2, 2),
            nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Flatten())


NETS = {"mlp": Mlp, "conv": Convolutional}


def fan_in(layer):
    """Inputs per output: in for a linear layer, in * kh * kw for a convolution, transposed or not."""
    if isinstance(layer, nn.Linear):
        return layer.in_features
    return layer.in_channels * math.prod(layer.kernel_size)


def initialise(net):
    """Weights z * sqrt(1 / fan_in) in float64, layer after layer, encoder first; biases 0 and without draws."""
    stream = SplitMix(WEIGHT_SEED)
    for layer in [*net.encoder, *net.decoder]:
        if hasattr(layer, "weight"):
            weight = stream.normals(*layer.weight.shape) * math.sqrt(1.0 / fan_in(layer))
            layer.weight.data.copy_(torch.from_numpy(weight))
            layer.bias.data.zero_()


def bound(net, objective, x, eps):
    """Mean over the batch, in nats; eps is [K, B, D]."""
    k, b, d = eps.shape
    mean, log_variance = net.encoder(x).chunk(2, -1)
    z = mean + torch.exp(0.5 * log_variance) * eps
    logits = net.decoder(z.reshape(k * b, d)).reshape(k, b, -1)
    log_likelihood = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    if objective == "elbo-analytic":
        kl = 0.5 * (mean**2 + torch.exp(log_variance) - 1 - log_variance).sum(-1)
        return (log_likelihood.mean(0) - kl).mean()
    log_prior = -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1)
    log_posterior = -0.5 * ((z - mean) ** 2 / torch.exp(log_variance) + log_variance + math.log(2 * math.pi)).sum(-1)
    log_weight = log_likelihood + log_prior - log_posterior
    if objective == "elbo-sampled":
        return log_weight.mean()
    return (torch.logsumexp(log_weight, 0) - math.log(k)).mean()


def train(network, objective, dtype):
    """The bound before each of the updates."""
    net = NETS[network]().to(dtype)
    initialise(net)
    x = torch.from_numpy(pixels()).to(dtype)
    noise = SplitMix(NOISE_SEED)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
    for step in range(STEPS):
        start = step * BATCH % ROWS
        eps = torch.from_numpy(noise.normals(OBJECTIVES[objective], BATCH, net.latent)).to(dtype)
        value = bound(net, objective, x[start : start + BATCH], eps)
        yield value.item()
        optimiser.zero_grad()
        (-value).backward()
        optimiser.step()


def rows():
    for network in NETS:
        for objective in OBJECTIVES:
            for name, dtype in DTYPES.items():
                for step, value in enumerate(train(network, objective, dtype)):
                    yield f"{network} {objective}", name, step, format(value, ".17g")


COMMENT = f"""
Written by reference/parity.py with PyTorch {torch.__version__.split('+')[0]} (CPU).
bound: mean over the batch, nats, before update number `step`; float32 bounds are the float32 value in full.
Data: digits-binary.csv, {ROWS} rows; step s uses rows 20 s mod 200 to 20 s mod 200 + 19, in order.
Normals: a SplitMix64 stream, u = (bits >>> 11) 2^-53, one normal per two uniforms: sqrt(-2 ln(1 - u1)) cos(2 pi u2).
Weights: stream with seed {WEIGHT_SEED}; encoder layers, then decoder layers; each weight row-major, [out, in] for linear layers,
  [out, in, kh, kw] for convolutions, [in, out, kh, kw] for transposed ones; value = normal * sqrt(1 / fan_in) in float64,
  then rounded to the dtype; fan_in = in, or in * kh * kw. Biases are 0 and draw nothing.
Noise: stream with seed {NOISE_SEED}, drawn on through all steps; each step eps[K][B][D] row-major, K = 1 (elbo) or 5 (iwae), B = 20.
mlp: 64-32-10 and 5-32-64, tanh between layers, D = 5. The encoder's first D outputs are means, the rest log-variances.
conv: D = 3, ReLU; encoder Conv 1-4 (kernel 4, stride 2, padding 1), ReLU, Conv 4-8, ReLU, 2 x 2 pixels of 8 channels in a row, Linear 32-16,
  ReLU, Linear 16-6; decoder Linear 3-16, ReLU, Linear 16-32, ReLU, back to 2 x 2 pixels of 8, ConvTransposed 8-4 (4, 2, 1), ReLU,
  ConvTransposed 4-1.
Likelihood: Bernoulli on the decoder's logits. Prior N(0, I). z = mean + exp(log-variance / 2) eps.
elbo-analytic: log p(x|z) - KL(q || p) in closed form; elbo-sampled: log p(x|z) + log p(z) - log q(z|x);
iwae: log-mean-exp over K of the latter's terms.
Adam: learning rate 1e-3, betas 0.9 and 0.999, epsilon 1e-8 outside the root, bias-corrected.
"""

if __name__ == "__main__":
    golden.write(golden.CORE, "digits-binary.csv",
                 "Written by reference/parity.py. scikit-learn's digits, rows 0 to 199: 1 where the grey level 0..16 is at least 8.\n"
                 "pixels: 8 x 8 row-major.", ["row", "pixels"], ((i, [int(v) for v in p]) for i, p in enumerate(pixels())))
    golden.write(golden.CORE, "parity.csv", COMMENT, ["case", "dtype", "step", "bound"], rows())
