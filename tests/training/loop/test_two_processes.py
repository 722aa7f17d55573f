"""Two processes on one machine (gloo): both take part, with different pictures, and agree on the weights."""

import json
import socket
from pathlib import Path

import pytest
import torch
from forked import forked

from training.run import Run

STORY = """
import json, sys
from pathlib import Path
import torch
from accelerate import Accelerator
from torch import nn
from training.data import Batches, ImageSet
from training.loop.ema import Ema
from training.games.phases import Phase
from training.run import Run
from training.loop.trainer import Players, Schedule, train

folder, accelerator = Path(sys.argv[1]), Accelerator(cpu=True)
rank, world = accelerator.process_index, accelerator.num_processes


class Seen(nn.Module):
    statistics = ("mean",)

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))

    def forward(self, x):
        self.mean.lerp_(x.detach().mean(), 0.1)
        return x


def tell(batch):
    torch.manual_seed(rank)  # different first weights: the first process's must win
    middle = nn.Sequential(nn.BatchNorm1d(8), Seen()) if batch < 0 else nn.Tanh()
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), middle, nn.Linear(8, 1))
    images = torch.randint(0, 256, (48, 1, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    batches = Batches(ImageSet("noise", images), abs(batch), 0, rank, world)
    seen = []

    def loss(networks, drawn):
        seen.append(round(float(drawn.images.sum()), 3))
        return networks["generator"](drawn.images).square().mean(), {}

    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    players = Players({"generator": network}, {"generator": optimizer}, Ema(network, decay=0.5))
    run = Run(folder / str(batch))
    train(run, players, [Phase("g", "generator", loss)], batches, Schedule(steps=4), accelerator)
    weights = {name: value.flatten().tolist() for name, value in network.state_dict().items()}
    story = {"rank": rank, "world": world, "seen": seen, "weights": weights, "images": players.images}
    (folder / f"story-{batch}-{rank}.json").write_text(json.dumps(story))


for batch in sys.argv[2:]:
    tell(int(batch))
"""

APART = """
import json, sys
from pathlib import Path
import torch
from accelerate import Accelerator
from torch import nn
from training.loop import trainer
from training.data import Batches, ImageSet
from training.loop.ema import Ema
from training.games.phases import Phase
from training.run import Run

accelerator, folder = Accelerator(cpu=True), Path(sys.argv[1])
rank = accelerator.process_index
run = Run(folder / str(rank))  # no shared disk: only the first process has the checkpoint
ticks = iter(range(1, 100))
trainer.Clock.seconds = lambda self: self.before + (1 + rank) * next(ticks)
torch.manual_seed(rank)
network = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
network.register_buffer("constant", torch.full((3,), 0.1 + rank))
images = torch.randint(0, 256, (48, 1, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
batches = Batches(ImageSet("noise", images), 8, 0, rank, 2)
phase = Phase("g", "generator", lambda networks, drawn: (networks["generator"](drawn.images).square().mean(), {}))
optimizer = torch.optim.SGD(network.parameters(), 0.1)
players = trainer.Players({"generator": network}, {"generator": optimizer}, Ema(network, decay=0.5))
if rank == 0:
    run.save_checkpoint(players.state() | {"step": 7, "images": 112, "seconds": 2.0})
begun = network[1].weight.flatten().tolist()
trainer.train(run, players, [phase], batches, trainer.Schedule(seconds=7.0, cool_down=1.0), accelerator)
story = {"step": players.step, "seconds": players.seconds, "weight": network[1].weight.flatten().tolist()}
story |= {"begun": begun, "rate": optimizer.param_groups[0]["lr"], "constant": network.constant.tolist()}
(folder / f"apart-{rank}.json").write_text(json.dumps(story))
"""


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def launch(processes: int, folder: Path, *command: str) -> None:
    """Start every process with the words that torchrun gives it, which is itself spared: a process and a rendezvous."""
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port(), "WORLD_SIZE": str(processes)}
    outputs = [folder / f"said-{rank}.txt" for rank in range(processes)]
    started = [
        forked(command, output, meeting | {"RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank, output in enumerate(outputs)
    ]
    try:
        for process, output in zip(started, outputs):
            process.join(240)
            assert process.exitcode == 0, output.read_text(encoding="utf-8")[-3000:]
    finally:
        for process in started:
            process.kill()


@pytest.fixture(scope="module")
def stories(tmp_path_factory) -> dict[int, list[dict]]:
    """What two processes saw and became by batches of 8 (-8: with running statistics), and one by those of 16."""
    folder = tmp_path_factory.mktemp("stories")
    (folder / "story.py").write_text(STORY)
    command = str(folder / "story.py"), str(folder)
    launch(2, folder, *command, "8", "-8")
    launch(1, folder, *command, "16")
    told = {8: 2, -8: 2, 16: 1}
    return {
        batch: [json.loads((folder / f"story-{batch}-{rank}.json").read_text()) for rank in range(processes)]
        for batch, processes in told.items()
    }


@pytest.mark.parametrize("batch", [8, -8], ids=["plain", "running statistics"])
def test_two_take_part_and_agree_bit_for_bit(stories, batch):
    first, second = stories[batch]
    assert (first["world"], second["world"]) == (2, 2)
    assert {first["rank"], second["rank"]} == {0, 1}
    assert first["images"] == second["images"] == 4 * 2 * 8
    assert not set(first["seen"]) & set(second["seen"])
    assert first["weights"] == second["weights"]


def test_two_with_half_a_batch_are_one_with_a_whole_one(stories):
    pair, (alone,) = stories[8], stories[16]
    for step in range(4):
        assert sum(story["seen"][step] for story in pair) == pytest.approx(alone["seen"][step], abs=0.02)
    for name, value in alone["weights"].items():
        assert torch.allclose(torch.tensor(value), torch.tensor(pair[0]["weights"][name]), atol=1e-5), name


def test_two_machines_go_on_from_the_first_ones_checkpoint_and_by_its_clock(tmp_path):
    (tmp_path / "apart.py").write_text(APART)
    launch(2, tmp_path, str(tmp_path / "apart.py"), str(tmp_path))
    first, second = (json.loads((tmp_path / f"apart-{rank}.json").read_text()) for rank in range(2))
    assert first["begun"] != second.pop("begun") and first.pop("begun") != first["weight"]
    assert first == second
    # From step 7 and second 2 on, in seconds of the first clock; the last step was made with 1/7 left.
    assert (first["step"], first["seconds"]) == (7 + 5, 7.0)
    assert first["rate"] == pytest.approx(0.1 / 7)
    assert first["constant"] == torch.full((3,), 0.1).tolist()


def test_an_entry_runs_in_two_processes(tmp_path, drawn_folder):
    flags = ["--discriminator", "dcgan", "--width", "8", "--batch", "8", "--steps", "3", "--log-every", "1"]
    argv = ["--data", str(drawn_folder), "--folder", str(tmp_path / "run"), *flags, "--precision", "fp32"]
    launch(2, tmp_path, "-m", "training.train_dcgan", *argv)
    run = Run(tmp_path / "run")
    assert [row["step"] for row in run.rows()] == [1, 2, 3]
    assert run.rows()[-1]["images"] == 3 * 2 * 8
