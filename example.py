"""From a weight to files: python example.py [FOLDER]

Loads generators of the shelf, draws pictures, walks between two, enlarges one, turns three strokes into a cat, and
saves each with the recipe that makes it again (python -m gan_models.recipe FILE).
"""

import sys
from pathlib import Path

from gan_models import interpolate, sample, translate, upscale
from gan_models.drawing.strokes import Stroke
from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.pictures.film import write_film
from gan_models.pictures.images import contact_sheet
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.recipe import stamp
from gan_models.upscaling.upscaler import open_upscaler


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)

    # Sample: a picture is a seed; the same seed gives the same picture.
    cats = load("dcgan-cats-64")
    points = [Point(seed=seed, truncation=0.8) for seed in range(8)]
    pictures = sample.sample(cats, points)  # uint8 (8, 64, 64, 3)
    sheet = contact_sheet(pictures, columns=4)
    (out / "cats.png").write_bytes(stamp(sheet, sample.recipe_of_sheet(cats, points, 4)))
    (out / "cat.png").write_bytes(stamp(pictures[3], sample.recipe_of(cats, points[3])))

    # Interpolate: the way from one picture to another and back.
    way = {"frames_per_step": 12, "closed": True}
    walk = interpolate.frames(cats, points[:2], **way)
    note = interpolate.recipe_of(cats, points[:2], fps=24, **way)
    write_film(walk, out / "walk.mp4", fps=24, comment=note.to_json())

    # Upscale: any picture or photograph, four times larger.
    swift, photo, order = open_upscaler("swift-x4"), open_photo(out / "cat.png"), upscale.Order(scale=4)
    large = upscale.upscale(swift, photo, order)
    (out / "large.png").write_bytes(encode(large, "png", upscale.recipe_of(swift, photo, order).to_json()))

    # Translate: two ears and a nose, in shares of the side.
    drawer = load("edges2cats-128")
    ears = [Stroke([[x, 0.35], [x + 0.07, 0.15], [x + 0.15, 0.32]]) for x in (0.27, 0.58)]
    strokes = [*ears, Stroke([[0.46, 0.6], [0.54, 0.6], [0.5, 0.65], [0.46, 0.6]])]
    drawn = Photo(translate.translate(drawer, translate.of_strokes(drawer, strokes)))
    note = translate.recipe_of(drawer, translate.PLAIN, strokes)
    (out / "drawn.png").write_bytes(encode(drawn, "png", note.to_json()))

    print(*sorted(map(str, out.iterdir())), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "example"))
