"""Instruments for samplers: an SFZ file (its format 1, of Rene Ceballos 2003) beside the WAV files that it names."""

from collections.abc import Mapping

from gan_models.sounds.tune import RELEASE


def file_of(pitch: int, name: str) -> str:
    """The WAV file of a note; "#" begins a word of the format's own, so that sharps are spelt."""
    return f"{pitch:03d}-{name.replace('#', 's')}.wav"


def instrument(title: str, files: Mapping[int, str]) -> str:
    """The text of an SFZ file with a region for each note, by MIDI's numbers of pitches."""
    regions = [f"<region> sample={file} key={pitch}" for pitch, file in files.items()]
    return "\n".join([f"// {title}", f"<group> loop_mode=no_loop ampeg_release={RELEASE}", *regions, ""])
