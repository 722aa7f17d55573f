"""Checkpoints of other people: real ones, made with spandrel's own classes."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from small_hub import SmallHub
from tiled import enlarge

from gan_models import remake
from gan_models.errors import WeightError
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.upscale import Order, recipe_of, upscale
from gan_models.upscaling import community
from gan_models.upscaling.tiles import Runner
from gan_models.upscaling.upscaler import Upscaler, open_upscaler

pytest.importorskip("einops", reason="spandrel is not installed")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """ESRGAN and Real-ESRGAN's compact network, small and untrained, in the wrappings they are shared in."""
    community.import_spandrel()
    from spandrel.architectures.Compact import Compact
    from spandrel.architectures.ESRGAN import ESRGAN

    folder = tmp_path_factory.mktemp("community")
    torch.manual_seed(0)
    dense, compact = ESRGAN(num_filters=16, num_blocks=1), Compact(num_feat=16, num_conv=3, upscale=2)
    dense_x2 = ESRGAN(in_nc=12, num_filters=16, num_blocks=1, shuffle_factor=2)
    save_file(dense.state_dict(), folder / "dense.safetensors", {"modelspec.license": "CC-BY-4.0"})
    torch.save({"params_ema": dense.state_dict()}, folder / "dense.pth")
    torch.save({"params": compact.state_dict()}, folder / "compact.pth")
    torch.save({"params_ema": dense_x2.state_dict()}, folder / "dense-x2.pth")
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "scale", "licence"),
    [
        ("dense.safetensors", 4, "CC-BY-4.0"),
        ("dense.pth", 4, "licence unknown"),
        ("compact.pth", 2, "licence unknown"),
    ],
)
def test_a_checkpoint_is_recognised_and_tiled_exactly(name: str, scale: int, licence: str, files) -> None:
    found = community.open_checkpoint(files[name])
    assert (found.scale, found.licence) == (scale, licence) and found.halo
    images = torch.rand(1, 3, 50, 40) * 2 - 1
    with torch.inference_mode():
        whole = found.network(images)
        plain = found.network.model(images / 2 + 0.5).clamp(0, 1) * 2 - 1
    assert torch.allclose(whole, plain, atol=1e-5)
    assert (enlarge(Runner(found.network, scale, found.halo), images, 16) - whole).abs().max() <= 1e-5


def test_the_same_tensors_make_the_same_picture_whatever_the_file(files) -> None:
    photo = Photo(np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8))
    one, other = (open_upscaler(str(files[name])) for name in ("dense.safetensors", "dense.pth"))
    assert np.array_equal(upscale(one, photo, Order(3)).colour, upscale(other, photo, Order(3)).colour)
    made = recipe_of(one, photo, Order(3))
    assert made.arguments["community"] == one.name == "dense.safetensors" and len(made.sha256) == 64


def test_a_network_that_shuffles_its_input_is_blended(files) -> None:
    network = Upscaler.community(str(files["dense-x2.pth"]))
    assert network.scale == 2 and not network.exact
    photo = Photo(np.random.default_rng(0).integers(0, 256, (31, 45, 3), dtype=np.uint8))
    assert upscale(network, photo, Order(2), tile=9).colour.shape == (62, 90, 3)


class Evil:
    def __reduce__(self):
        return os.system, ("touch executed",)


def test_a_pickle_that_would_run_code_is_refused_unrun(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"params": {"weight": torch.zeros(1)}, "more": Evil()}, "evil.pth")
    Path("plain.pth").write_bytes(pickle.dumps(Evil()))
    for name in ("evil.pth", "plain.pth"):
        with pytest.raises(WeightError, match=f"{name} cannot be read as tensors alone"):
            community.open_checkpoint(name)
    assert not Path("executed").exists()


@pytest.mark.parametrize("content", [{"a": torch.zeros(3)}, {"params": {"body.0.weight": torch.zeros(2, 2)}}, [1], {}])
def test_what_is_no_upscaler_has_a_sentence(content, tmp_path) -> None:
    torch.save(content, tmp_path / "odd.pth")
    with pytest.raises(WeightError, match="odd.pth cannot be used: it is of no architecture that spandrel knows"):
        community.open_checkpoint(tmp_path / "odd.pth")


def test_a_checkpoint_that_counts_further_than_it_has_tensors_is_refused_unbuilt(files, tmp_path) -> None:
    tensors = torch.load(files["compact.pth"], weights_only=True)["params"]
    torch.save({"params": tensors | {f"body.{10**7}.weight": torch.zeros(12)}}, tmp_path / "far.pth")
    with pytest.raises(WeightError, match=r"far.pth counts body to 10,000,000 and has \d+ of them"):
        community.open_checkpoint(tmp_path / "far.pth")
    # Each block with one tensor of the fifteen that it needs.
    dense = torch.load(files["dense.pth"], weights_only=True)["params_ema"]
    first = next(key for key in dense if ".sub.0." in key)
    more = {first.replace(".sub.0.", f".sub.{n}."): torch.zeros(1) for n in range(2, 2000)}
    torch.save(dense | more, tmp_path / "wide.pth")
    with pytest.raises(WeightError, match=r"wide.pth asks for a network far larger than the file"):
        community.open_checkpoint(tmp_path / "wide.pth")


def test_broken_values_and_absent_files_have_a_sentence(files, tmp_path) -> None:
    tensors = torch.load(files["compact.pth"], weights_only=True)
    next(iter(tensors["params"].values()))[0] = float("nan")
    torch.save(tensors, tmp_path / "nan.pth")
    with pytest.raises(WeightError, match="nan.pth has values that are not finite"):
        community.open_checkpoint(tmp_path / "nan.pth")
    with pytest.raises(WeightError, match="is not a file; give a checkpoint or user/repo:file"):
        community.open_checkpoint("absent.safetensors")
    (tmp_path / "cut.safetensors").write_bytes(b"\x20\0\0\0\0\0\0\0{")
    with pytest.raises(WeightError, match="cut.safetensors cannot be read as tensors"):
        community.open_checkpoint(tmp_path / "cut.safetensors")


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        ("user/repo:model.pth", True),
        ("user/repo@main:sub/model.safetensors", True),
        ("here/model.pth", True),
        ("user/repo", False),
        ("swift-x4", False),
        ("user/repo:readme.md", False),
        ("user/repo:../../x.pth", False),
    ],
)
def test_names_of_checkpoints(name: str, yes: bool) -> None:
    assert community.is_checkpoint(name) == (yes or name.endswith(".pth"))
    assert bool(community._hub_parts(name)) == (yes and ":" in name)


def test_a_checkpoint_comes_from_the_hub_with_its_licence(files, monkeypatch, tmp_path) -> None:
    with SmallHub() as server:
        for repo, name in (("anna/enlarge", "compact.pth"), ("anna/stated", "dense.safetensors")):
            server.repos["models", repo] = {f"sub/{name}": files[name].read_bytes(), "huge.bin": b"not asked for"}
        server.licences["anna/enlarge"] = "mit"
        # In this order: the client keeps the endpoint that it finds when it is first imported.
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        found = community.open_checkpoint("anna/enlarge:sub/compact.pth")
        assert (found.scale, found.licence, found.name) == (2, "mit", "anna/enlarge:sub/compact.pth")
        assert found.sha256 == community.open_checkpoint(files["compact.pth"]).sha256
        assert community.open_checkpoint("anna/stated:sub/dense.safetensors").licence == "CC-BY-4.0", "the file's own"
        assert "huge.bin" not in server.served
        with pytest.raises(WeightError, match="anna/enlarge:none.pth could not be fetched"):
            community.open_checkpoint("anna/enlarge:none.pth")
        server.shutdown()
    again = community.open_checkpoint("anna/enlarge:sub/compact.pth")
    assert (again.sha256, again.licence) == (found.sha256, "licence unknown"), "from the cache, without its page"


def test_without_a_network_the_hub_has_a_sentence() -> None:
    with pytest.raises(WeightError, match="user/repo:model.pth is not in the local cache and the Hub cannot"):
        community.open_checkpoint("user/repo:model.pth")


def test_without_spandrel_there_is_a_sentence() -> None:
    program = (
        "import sys; sys.modules['spandrel'] = None\n"
        "from gan_models.upscaling.community import open_checkpoint\n"
        "from gan_models.errors import WeightError\n"
        "try: open_checkpoint('x.pth')\n"
        "except WeightError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "pip install spandrel" in done.stdout, done.stderr


def test_what_a_picture_names_is_not_downloaded_unasked(files, tmp_path, capsys, monkeypatch) -> None:
    """python -m gan_models.recipe: a question on a terminal, a flag without one, and a file of one's own."""
    photo = Photo(np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8))
    (tmp_path / "small.png").write_bytes(encode(photo, "png"))
    source = open_photo(tmp_path / "small.png")
    upscaler = open_upscaler(str(files["dense.safetensors"]))
    made = recipe_of(upscaler, source, Order(2))
    enlarged = encode(upscale(upscaler, source, Order(2)), "png", made.to_json())
    foreign = replace(made, arguments={**made.arguments, "community": "user/repo:dense.safetensors"})
    (tmp_path / "big.png").write_bytes(encode(upscale(upscaler, source, Order(2)), "png", foreign.to_json()))
    reached = []
    monkeypatch.setattr("gan_models.upscaling.community._fetch", lambda *names: reached.append(names))
    words = [str(tmp_path / "big.png"), "--source", str(tmp_path / "small.png"), "-o", str(tmp_path / "again.png")]
    with pytest.raises(SystemExit):
        remake.main(words)
    assert "add --fetch" in capsys.readouterr().err and reached == []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    with pytest.raises(SystemExit):
        remake.main(words)
    assert "Nothing was downloaded" in capsys.readouterr().err and reached == []
    (tmp_path / "own.png").write_bytes(enlarged)
    words[0] = str(tmp_path / "own.png")
    with pytest.raises(SystemExit):
        remake.main(words)
    assert "give it with --upscaler" in capsys.readouterr().err
    remake.main([*words, "--upscaler", str(files["dense.safetensors"])])
    assert (tmp_path / "again.png").read_bytes() == enlarged
