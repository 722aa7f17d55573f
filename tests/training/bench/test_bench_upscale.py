"""The bench of enlarging: it runs as a command, and its bare loop has the network's own convolutions."""

import re

import pytest
import torch
from torch.nn import functional as F

from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from training.bench import __main__ as bench
from training.bench import upscale as bench_upscale


def test_it_prints_every_time_and_every_ratio_beside_its_bar(monkeypatch, capsys):
    small = [SwiftGenerator(SwiftConfig(width=16, blocks=blocks)) for blocks in (2, 1)]
    monkeypatch.setattr(bench_upscale, "rivals", lambda scale: tuple(small))
    bench.main(["upscale", "--side", "24", "--rounds", "1"])
    printed = capsys.readouterr().out
    assert printed.startswith("24 px to 96 px")
    assert printed.count("megapixels/s") == 5 and "by tiles" in printed
    assert re.findall(r"bar ([\d.]+)", printed) == ["16.00", "1.00", "0.60"]


def test_the_rivals_are_the_published_ones():
    pytest.importorskip("einops")
    dense, compact = bench_upscale.rivals(4)
    count = [sum(parameter.numel() for parameter in network.parameters()) for network in (dense, compact)]
    assert [round(n / 1e6, 1) for n in count] == [16.7, 1.2]


def test_the_bare_loop_is_the_networks_convolutions_in_their_shapes(monkeypatch):
    seen, convolve = [], F.conv2d
    loop = bench_upscale.bare(SwiftGenerator(SwiftConfig(width=16, blocks=2)), 20, bf16=False)
    monkeypatch.setattr(F, "conv2d", lambda *a, **k: seen.append(tuple(a[0].shape[1:])) or convolve(*a, **k))
    with torch.inference_mode():
        loop()
    assert seen == [(3, 20, 20)] + [(16, 20, 20)] * 5
