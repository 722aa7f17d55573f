"""The sound of an MP4 film: AAC beside its pictures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from gan_models.sounds.files import open_sound

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet

RATE, BITS, AT_ONCE = 44100, 160_000, 1024
"""Hz, bits a second, and the samples of a packet of AAC."""


class AacTrack:
    """A sound file's bytes as a `pictures.film.Soundtrack`."""

    def __init__(self, content: bytes) -> None:
        self._content, self._place = content, 0

    def join(self, file: "OutputContainer", seconds: float) -> None:
        """Give an open MP4 a stream for the first `seconds`; SoundError for what is no sound."""
        self._samples = np.ascontiguousarray(open_sound(self._content, RATE, seconds, stereo=True).clip(-1, 1).T)
        self._stream = file.add_stream("aac", rate=RATE, layout="stereo")
        self._stream.bit_rate = BITS

    def until(self, second: float) -> Iterator["Packet"]:
        """Packets of what is heard before that moment of the film and was not given yet."""
        import av

        end = min(int(second * RATE), self._samples.shape[1])
        while self._place < end:
            part = self._samples[:, self._place : self._place + AT_ONCE]
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE, self._place
            self._place += part.shape[1]
            yield from self._stream.encode(frame)

    def rest(self, second: float) -> Iterator["Packet"]:
        """The last packets, up to the film's end."""
        self._samples = self._samples[:, : max(self._place, int(second * RATE))]
        yield from self.until(second)
        yield from self._stream.encode(None)
