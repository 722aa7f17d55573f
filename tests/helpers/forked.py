"""Processes of their own that need not import torch and the trainer again, which takes most of a short training.

They are forked from a clean process that has imported both once and never computed anything.
"""

import contextlib
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["training.train_dcgan", "torch._dynamo"])


def forked(
    command: Sequence[str], said: Path, env: Mapping[str, str] | None = None, deaf: bool = False
) -> ForkServerProcess:
    """What `python` does with a command (`-m` and a module, or a file, and arguments) and these variables in addition.

    What it prints ends up in the file, or pipe, `said`. `deaf`: as under nohup.
    """
    process = _CONTEXT.Process(target=_main, args=(list(command), str(said), dict(env or {}), deaf))
    process.start()
    return process


def _main(command: list[str], said: str, env: Mapping[str, str], deaf: bool) -> None:
    os.environ.update(env)
    if deaf:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    module = command[0] == "-m"
    name, *sys.argv[1:] = command[module:]
    with Path(said).open("w", encoding="utf-8", buffering=1) as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
            if module:
                runpy.run_module(name, run_name="__main__", alter_sys=True)
            else:
                runpy.run_path(name, run_name="__main__")
