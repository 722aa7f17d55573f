"""A person in another pose: from a skeleton and a picture of somebody to that person in the skeleton's pose.

After pix2pix (Isola et al. 2017) and "Everybody dance now" (Chan et al. 2019, sections 4.1 and 4.2: the skeleton and
the last frame in, a discriminator over two frames). Departs from them so that a processor's hour is enough and one
network draws any person: the parts of a figure are cut out of its picture along the limbs and laid along the limbs of
the new pose (as the deformable skip connections of Siarohin et al. 2018), so that nothing has to be remembered of a
costume; the network decides which part lies in front at each pixel, and adds what no part shows. Behind all of them is
the ground of the person's own picture with the figure filled, found once, so that it stands still.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.errors import RequestError
from gan_models.networks.gamegan import Block
from gan_models.networks.layers import at_least_single, check_images, zero_bias
from gan_models.networks.sagan import normalise_spectra
from gan_models.puppets.skeleton import JOINTS

CHANNELS = 3
HIDDEN = 0.05
"""From this share on it is the figure that is seen at a place, and not the ground."""
KNEES = len(JOINTS)
"""The place between the knees, a joint of its own: a skirt hangs down to it."""


@dataclass(frozen=True)
class Part:
    """What is cut out along a limb from joint `start` to joint `end`.

    `first`, `last`: where it begins and ends, in lengths of the limb from its start; `wide`: to each side, and `thick`:
    how far the part itself reaches at first, in sides of the sheet; `over`: what lies in front, the larger the nearer.
    """

    start: int
    end: int
    first: float
    last: float
    wide: float
    thick: float
    over: float


def _part(start: str, end: str, *rest: float) -> Part:
    return Part(JOINTS.index(start), JOINTS.index(end), *rest)


PARTS = (
    *(_part(f"{side}_hip", f"{side}_knee", -0.4, 1.3, 0.09, 0.045, 3) for side in ("right", "left")),
    *(_part(f"{side}_knee", f"{side}_foot", -0.3, 1.5, 0.09, 0.04, 3) for side in ("right", "left")),
    Part(JOINTS.index("hips"), KNEES, -0.4, 1.5, 0.2, 0.08, 3.5),
    _part("neck", "hips", -0.3, 1.5, 0.18, 0.085, 5),
    *(_part(f"{side}_shoulder", f"{side}_elbow", -0.5, 1.3, 0.075, 0.035, 6) for side in ("right", "left")),
    *(_part(f"{side}_elbow", f"{side}_hand", -0.3, 1.6, 0.075, 0.03, 6) for side in ("right", "left")),
    _part("neck", "head", -0.8, 2.6, 0.21, 0.1, 6.5),
)
"""From back to front."""


@dataclass(frozen=True)
class Pose2personConfig:
    """`patch`: side in pixels of what is cut out for a part; `signal`: channels of what else is said of it at half that
    side; `width`: channels at half of the picture's side, twice and four times as many below; `ground_width`: the same
    of the network that finds the ground; `discriminator_width`: channels of both discriminators' first layer."""

    size: int = 128
    patch: int = 48
    signal: int = 12
    width: int = 40
    ground_width: int = 16
    discriminator_width: int = 32

    def __post_init__(self) -> None:
        check_number("size", self.size, 32, 512)
        check_number("patch", self.patch, 8, 256)
        check_number("signal", self.signal, 1, 128)
        for name in ("width", "ground_width", "discriminator_width"):
            check_number(name, getattr(self, name), 4, 256)
        if self.size % 16 or self.patch % 4:
            raise RequestError(f"size is {self.size} and patch {self.patch}; they are divisible by 16 and 4.")

    @property
    def channels(self) -> int:
        """Of a picture: colour."""
        return CHANNELS

    @property
    def shapes(self) -> tuple[tuple[int, int, int], ...]:
        """Of what is known of a person, in order: parts in colour with where they are seen, what else is said of them,
        and the ground."""
        patch, parts = self.patch, len(PARTS)
        sides = (4 * parts, patch, patch), (self.signal * parts, patch // 2, patch // 2)
        return *sides, (CHANNELS, self.size, self.size)


class Pose2personGenerator(nn.Module):
    """From a skeleton, the last frame and a person to that person in the skeleton's pose."""

    def __init__(self, config: Pose2personConfig) -> None:
        super().__init__()
        self.config = config
        parts, width = len(PARTS), config.width
        self.ground = Hourglass(4 * (3 * CHANNELS + 1), config.ground_width, 4 * (4 + CHANNELS), depth=3)
        self.cut = Cutter(config)
        given = parts * (4 + config.signal) + 4 * 3 * CHANNELS
        self.draw = Hourglass(given, width, 4 * (parts + 1 + CHANNELS + 1), depth=2)
        self.over = nn.Parameter(torch.tensor([part.over for part in PARTS]))

    def person(self, picture: Tensor, joints: Tensor) -> Tensor:
        """What is known of who is in pictures (N, 3, size, size) in [-1, 1] with joints (N, 15, 2): (N, K), to be given
        to `forward`, once a person."""
        check_images(picture, CHANNELS, self.config.size)
        check_places(joints, len(picture))
        cut = self.cut(picture, joints)
        return torch.cat([x.flatten(1) for x in (*cut, self._behind(picture, joints))], 1)

    def _behind(self, picture: Tensor, joints: Tensor) -> Tensor:
        """The ground without the figure, (N, 3, size, size): at each pixel what is seen there, or what lies beside the
        figure in that row or that column, or another colour."""
        where = near(joints, self.config.size)
        rows, columns = beside(picture, where < HIDDEN), beside(picture.mT, where.mT < HIDDEN).mT
        given = F.pixel_unshuffle(torch.cat([picture, rows, columns, where], 1), 2)
        drawn = F.pixel_shuffle(at_least_single(self.ground(given)), 2)
        choice, colour = drawn.split((4, CHANNELS), 1)
        usual = torch.cat([4 - 40 * where, torch.zeros_like(where), where * 0 - 2, where * 0 - 4], 1)
        shares = (choice + usual).softmax(1)[:, :, None]
        return (torch.stack([picture, rows, columns, colour.tanh()], 1) * shares).sum(1)

    def ground_of(self, person: Tensor) -> Tensor:
        """The ground (N, 3, size, size) behind persons (N, K)."""
        return self._known(person, len(person))[2]

    def forward(self, skeleton: Tensor, joints: Tensor, last: Tensor, person: Tensor) -> Tensor:
        """Draw (N, 3, size, size) in [-1, 1]: the person in the pose of `joints` (N, 15, 2), x and y in [0, 1].

        `skeleton`: its picture, (N, 3, size, size) in [-1, 1]; `last`: the frame before, zeros where there is none.
        """
        config, parts = self.config, len(PARTS)
        for pictures in (skeleton, last):
            check_images(pictures, CHANNELS, config.size)
        check_places(joints, len(skeleton))
        seen, said, ground = self._known(person, len(skeleton))
        colours = laid(seen, joints, config.size)
        given = [F.avg_pool2d(colours.flatten(1, 2), 2), laid(said, joints, config.size // 2).flatten(1, 2)]
        given += [F.pixel_unshuffle(picture, 2) for picture in (skeleton, last, ground)]
        drawn = F.pixel_shuffle(at_least_single(self.draw(torch.cat(given, 1))), 2)
        depths, colour, mask = drawn.split((parts + 1, CHANNELS, 1), 1)
        layers, shown = colours.split((CHANNELS, 1), 2)
        # What is nearest wins: parts by where they are seen and what usually lies in front, the ground behind all.
        nearness = torch.log(shown[:, :, 0].clamp_min(1e-3)) + self.over[:, None, None]
        shares = (depths + torch.cat([nearness, torch.zeros_like(mask)], 1)).softmax(1)
        laid_out = (layers * shares[:, :parts, None]).sum(1) + ground * shares[:, parts:]
        return torch.lerp(laid_out, colour.tanh(), (mask - 4).sigmoid()).clamp(-1, 1)

    def _known(self, person: Tensor, count: int) -> tuple[Tensor, ...]:
        """What is known of a person, as `person` put it together: colours (N, parts, 4, p, p), what else is said of
        them, and the ground."""
        shapes = self.config.shapes
        lengths = [torch.Size(shape).numel() for shape in shapes]
        if person.shape != (count, sum(lengths)):
            raise RequestError(
                f"The person has shape {tuple(person.shape)}; this network takes ({count}, {sum(lengths)}), as its "
                "`person` gives it."
            )
        seen, said, ground = (x.unflatten(1, shape) for x, shape in zip(person.split(lengths, 1), shapes))
        return seen.unflatten(1, (len(PARTS), -1)), said.unflatten(1, (len(PARTS), -1)), ground


class Cutter(nn.Module):
    """From a picture and joints to its parts: in colour with where they are seen, and what else is said of them."""

    def __init__(self, config: Pose2personConfig) -> None:
        super().__init__()
        self.patch, self.signal, parts = config.patch, config.signal, len(PARTS)
        width, half = 32, config.patch // 2
        self.begin = nn.Conv2d(4 * CHANNELS, width, 3, padding=1)
        self.which = nn.Parameter(torch.empty(parts, width, half, half))
        self.steps = nn.Sequential(Block(width), Block(width), nn.LeakyReLU(0.2))
        self.end = nn.Conv2d(width, 16 + config.signal, 3, padding=1)
        nn.init.normal_(self.which, std=0.02)
        nn.init.normal_(self.end.weight, std=0.01)
        self.form = nn.Parameter(forms(config.patch))

    def forward(self, picture: Tensor, joints: Tensor) -> tuple[Tensor, Tensor]:
        """(N, parts * 4, patch, patch), the fourth of each in [0, 1], and (N, parts * signal, patch / 2, patch / 2)."""
        count, parts = len(picture), len(PARTS)
        places = F.affine_grid(placed(joints).flatten(0, 1), [count * parts, 3, self.patch, self.patch], False)
        many = picture.repeat_interleave(parts, 0)
        cut = F.grid_sample(many, places, padding_mode="border", align_corners=False)
        x = self.begin(F.pixel_unshuffle(cut, 2)) + self.which.repeat(count, 1, 1, 1)
        added, said = self.end(self.steps(x)).split((16, self.signal), 1)
        colour, seen = F.pixel_shuffle(at_least_single(added), 2).split((CHANNELS, 1), 1)
        shown = (seen + self.form.repeat(count, 1, 1, 1)).sigmoid()
        both = torch.cat([(cut + colour).clamp(-1, 1), shown], 1)
        return tuple(x.unflatten(0, (count, parts)).flatten(1, 2) for x in (both, at_least_single(said)))


class Hourglass(nn.Module):
    """A U-Net of `depth` halvings, (N, i, H, W) to (N, o, H, W); at first it gives next to nothing."""

    def __init__(self, inputs: int, width: int, outputs: int, depth: int) -> None:
        super().__init__()
        widths = [width * 2 ** min(step, 2) for step in range(depth + 1)]
        self.begin = nn.Conv2d(inputs, width, 1)
        self.near = Block(width)
        # Without norms the logits of what lies in front grow until they say nothing more, and the training leaps.
        self.calm = nn.ModuleList(nn.GroupNorm(1, width) for width in widths)
        self.smaller = nn.ModuleList(nn.Conv2d(one, two, 4, 2, 1) for one, two in pairwise(widths))
        self.far = nn.Sequential(Block(widths[-1]), Block(widths[-1]))
        self.larger = nn.ModuleList(nn.Conv2d(two, one, 3, padding=1) for one, two in pairwise(widths))
        last = nn.Conv2d(width, outputs, 3, padding=1)
        nn.init.normal_(last.weight, std=0.01)
        zero_bias(last)
        self.end = nn.Sequential(nn.GroupNorm(1, width), Block(width), nn.LeakyReLU(0.2), last)

    def forward(self, x: Tensor) -> Tensor:
        ways = [self.near(self.begin(x))]
        for layer, calm in zip(self.smaller, self.calm):
            ways.append(layer(F.leaky_relu(calm(ways[-1]), 0.2)))
        x = self.far(self.calm[-1](ways.pop()))
        for layer in reversed(self.larger):
            x = F.interpolate(layer(F.leaky_relu(x, 0.2)), scale_factor=2.0) + ways.pop()
        return self.end(x)


class Pose2personDiscriminator(nn.Module):
    """Two judges of patches: one of a frame with its skeleton, one of two frames with theirs (Chan et al. 2019)."""

    def __init__(self, config: Pose2personConfig) -> None:
        super().__init__()
        self.config = config
        self.still = _judge(2 * CHANNELS, config.discriminator_width)
        self.moving = _judge(4 * CHANNELS, config.discriminator_width)
        normalise_spectra(self)

    def forward(self, skeleton: Tensor, picture: Tensor) -> Tensor:
        """Logits (N, h, w) of patches of pictures (N, 3, size, size) that show the skeleton's pose."""
        return at_least_single(self.still(torch.cat([skeleton, picture], 1))[:, 0])

    def motion(self, skeletons: Tensor, frames: Tensor) -> Tensor:
        """Logits (N, h, w) of two frames that follow each other, both (N, 6, size, size)."""
        return at_least_single(self.moving(torch.cat([skeletons, frames], 1))[:, 0])


def _judge(inputs: int, width: int) -> nn.Sequential:
    steps: list[nn.Module] = []
    for one, two in pairwise((inputs, width, 2 * width, 4 * width)):
        steps += [nn.Conv2d(one, two, 4, 2, 1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*steps, nn.Conv2d(4 * width, 1, 3, padding=1))


def check_places(joints: Tensor, count: int) -> None:
    """RequestError for joints that are not (count, 15, 2)."""
    if joints.shape != (count, len(JOINTS), 2):
        raise RequestError(f"The joints have shape {tuple(joints.shape)}; this network takes ({count}, 15, 2).")


def _axes(joints: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of each part its start, its limb, and a unit across it: (N, parts, 2) each."""
    knees = joints[:, [JOINTS.index("right_knee"), JOINTS.index("left_knee")]].mean(1, keepdim=True)
    places = torch.cat([joints, knees], 1)
    start, end = (places[:, [getattr(part, name) for part in PARTS]] for name in ("start", "end"))
    limb = end - start
    length = limb.norm(dim=-1, keepdim=True)
    # A limb seen from its end has no direction: it hangs down.
    down = torch.tensor([0.0, 0.02], device=joints.device, dtype=joints.dtype)
    limb = torch.where(length < 1e-3, down, limb * (0.02 / length.clamp_min(1e-3)).clamp_min(1))
    across = torch.stack([-limb[..., 1], limb[..., 0]], -1)
    return start, limb, across / across.norm(dim=-1, keepdim=True)


def _spans(like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Where parts begin, how long and how wide they are, (parts, 1) each."""
    rows = torch.tensor([(part.first, part.last - part.first, part.wide) for part in PARTS])
    first, length, wide = rows.to(like.device, like.dtype)[:, :, None].unbind(1)
    return first, length, wide


def placed(joints: Tensor) -> Tensor:
    """From places of a part's patch to places of the sheet, both in [-1, 1]: (N, parts, 2, 3)."""
    start, limb, across = _axes(joints)
    first, length, wide = _spans(joints)
    middle = 2 * (start + limb * (first + length / 2)) - 1
    return torch.stack([2 * wide * across, length * limb, middle], -1)


def found(joints: Tensor) -> Tensor:
    """The way back, from places of the sheet to those of a part's patch: (N, parts, 2, 3)."""
    start, limb, across = _axes(joints)
    first, length, wide = _spans(joints)
    along = limb / limb.square().sum(-1, keepdim=True)
    x, y = across / (2 * wide), along / length
    away = 0.5 - start
    right = (away * across).sum(-1, keepdim=True) / wide
    below = 2 * ((away * along).sum(-1, keepdim=True) - first) / length - 1
    return torch.stack([torch.cat([x, right], -1), torch.cat([y, below], -1)], -2)


def laid(patches: Tensor, joints: Tensor, side: int) -> Tensor:
    """Patches (N, parts, C, p, p) laid along the limbs of joints (N, 15, 2): (N, parts, C, side, side)."""
    count, parts, channels = patches.shape[:3]
    places = F.affine_grid(found(joints).flatten(0, 1), [count * parts, channels, side, side], align_corners=False)
    sampled = F.grid_sample(patches.flatten(0, 1), places, align_corners=False)
    return sampled.unflatten(0, (count, parts))


def near(joints: Tensor, side: int) -> Tensor:
    """Where a figure with these joints may be, soft, (N, 1, side, side) in [0, 1]."""
    flat = torch.stack([_reach(part) for part in PARTS]).to(joints.device)
    patches = flat[None, :, None].expand(len(joints), -1, 1, -1, -1)
    return laid(patches, joints, side).amax(1)


def beside(picture: Tensor, known: Tensor) -> Tensor:
    """Pictures (N, C, H, W) with what is not `known` (N, 1, H, W) filled from both sides of its row, in a line."""
    side = picture.shape[-1]
    line = torch.arange(side, device=picture.device).expand(known.shape)
    left = torch.where(known, line, -1).cummax(-1).values
    right = torch.where(known, line, side).flip(-1).cummin(-1).values.flip(-1)
    # A row that begins or ends in the figure goes on as it is on its other side; one that is all figure stays.
    left, right = torch.where(left < 0, right, left), torch.where(right == side, left, right)
    left, right = (torch.where((x < 0) | (x >= side), line, x) for x in (left, right))
    share = (line - left) / (right - left).clamp_min(1)
    one, other = (picture.gather(-1, x.expand_as(picture)) for x in (left, right))
    return torch.lerp(one, other, share.clamp(0, 1).to(picture.dtype))


def _places(part: Part, side: int) -> Tensor:
    """How far each place of a part's patch lies from its limb, in sides of the sheet, (side, side); a limb is taken
    to be .13 long."""
    # Always real: arithmetic on meta tensors makes torch load its compiler.
    line = (torch.arange(side, device="cpu") + 0.5) / side
    t = part.first + line * (part.last - part.first)
    along = 0.13 * (t - t.clamp(0, 1))
    return (along[:, None].square() + ((2 * line - 1) * part.wide)[None].square()).sqrt()


def _reach(part: Part) -> Tensor:
    """Where a part may be in its patch, soft, (16, 16)."""
    return ((1.6 * part.thick - _places(part, 16)) / 0.01).sigmoid()


def forms(side: int) -> Tensor:
    """What is taken for a part at first: logits (parts, 1, side, side)."""
    rows = [(part.thick - _places(part, side)) / 0.01 for part in PARTS]
    return torch.stack(rows)[:, None].clamp(-6, 6)
