"""What this machine has: memory that is free, and whether it multiplies bfloat16."""

from pathlib import Path

import psutil
import torch


def has_bf16(device: str = "cpu") -> bool:
    """Whether the processor, or the GPU, multiplies bfloat16 in hardware."""
    if torch.device(device).type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Named with an underscore, but there is no public question; a torch without them computes in fp32.
    asked = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(question() for question in asked if question)


def free_memory(device: str = "cpu") -> int:
    """Bytes that can be had now: of the GPU, or of the machine and the container this process lives in."""
    if torch.device(device).type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    free = psutil.virtual_memory().available
    # psutil knows the machine alone, not the limit of a container.
    left = _cgroup()
    return free if left is None else min(free, left)


def _cgroup() -> int | None:
    """What is left below a container's limit; page cache counts as free, since it gives way."""
    try:
        base = Path("/sys/fs/cgroup")
        limit, used = (int((base / name).read_text()) for name in ("memory.max", "memory.current"))
        rows = dict(line.split() for line in (base / "memory.stat").read_text().splitlines())
        return limit - used + int(rows.get("inactive_file", 0))
    except (OSError, ValueError):  # no container, no limit ("max"), or cgroup 1
        return None
