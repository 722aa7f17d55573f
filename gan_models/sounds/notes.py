"""Text inside WAV files: the comment (ICMT) of a LIST INFO chunk (Microsoft's RIFF), which players leave alone."""

import struct
from collections.abc import Iterator

import numpy as np

from gan_models.sounds.files import to_wav

KEY = b"gan-atelier "
"""How comments of ours begin."""


def is_wav(content: bytes) -> bool:
    """Whether a file begins as a WAV file does."""
    return content[:4] == b"RIFF" and content[8:12] == b"WAVE"


def write(samples: np.ndarray, rate: int, note: str) -> bytes:
    """Mono samples (L,) in [-1, 1] as a WAV file of 16 bits with a note behind them."""
    content = to_wav(samples, rate)
    info = b"INFO" + _chunk(b"ICMT", KEY + note.encode() + b"\0")
    whole = content[12:] + _chunk(b"LIST", info)
    return b"RIFF" + struct.pack("<I", 4 + len(whole)) + b"WAVE" + whole


def read(content: bytes) -> str:
    """Our note in a WAV file, "" where there is none."""
    for name, body in _chunks(content[12:]):
        if name == b"LIST" and body[:4] == b"INFO":
            for inner, text in _chunks(body[4:]):
                if inner == b"ICMT" and text.startswith(KEY):
                    return text.removeprefix(KEY).rstrip(b"\0").decode(errors="replace")
    return ""


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and bodies of chunks in a row; a damaged length ends them."""
    place = 0
    while place + 8 <= len(content):
        name, length = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        yield name, content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
