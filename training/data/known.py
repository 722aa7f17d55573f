"""Sets whose source and licence are known, found by the hash of their file, so that a card can name them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A set's name, licence and credit. free: whether a weight trained on it may be put to any use."""

    name: str
    licence: str
    free: bool
    source: str


OWN = "your own pictures"
OWN_SOUNDS = "your own sounds"

BY_NAME: dict[str, Known] = {
    "mnist": Known(
        "MNIST",
        "none stated with the files; in general use",
        False,
        "Y. LeCun, C. Cortes, C. J. C. Burges",
    ),
    "fashion-mnist": Known("Fashion-MNIST", "MIT", True, "Zalando Research, github.com/zalandoresearch/fashion-mnist"),
    "avatars": Known(
        "avatars",
        "free for personal and commercial use (avataaars)",
        True,
        "avataaars by Pablo Stanley, drawn by python-avatars",
    ),
    "robohash": Known("robohash robots", "CC BY 4.0: credit the artist", True, "robots by Zikri Kader, robohash.org"),
    "robohash-monsters": Known(
        "robohash monsters",
        "CC BY 3.0: credit the artist",
        True,
        "monsters by Hrvoje Novakovic, robohash.org",
    ),
    "robohash-heads": Known(
        "robohash heads",
        "CC BY 3.0: credit the artist",
        True,
        "robot heads by Julian Peter Arias, robohash.org",
    ),
    "robohash-cats": Known("robohash cats", "CC BY 4.0: credit the artist", True, "cats by David Revoy, robohash.org"),
    "afhq-cat-128": Known(
        "AFHQ cats, 128 px",
        "CC BY-NC 4.0",
        False,
        "AFHQ v1, Choi et al., StarGAN v2, CVPR 2020, github.com/clovaai/stargan-v2",
    ),
    "clothing-144": Known("clothing, 144 px", "CC0 1.0", True, "github.com/alexeygrigorev/clothing-dataset-small"),
    "facades-128": Known(
        "CMP facades, 256x128 pairs",
        "not stated in the copy; research use",
        False,
        "CMP Facade Database (Tylecek and Sara 2013), CycleGAN's copy",
    ),
    "photos-bsds300": Known(
        "BSDS300 photographs",
        "not stated in the copy; research use",
        False,
        "Berkeley Segmentation Dataset, github.com/BIDS/BSDS500",
    ),
    "flowers-144": Known(
        "flowers, 144 px",
        "CC BY 2.0: credit the photographers, by Flickr's photo number in each file's name",
        True,
        "TensorFlow's flower_photos, by way of atiaisaac/flowers_classification",
    ),
    "paintings": Known(
        "paintings",
        "by painters who died before 1945, in the public domain; the files GPL-3+ (GCompris)",
        True,
        "29 paintings of GCompris (Debian's gcompris-qt-data), there from the WebMuseum, ibiblio.org/wm",
    ),
    "manners": Known("manners", "CC0 1.0", True, "drawn by gan_models.pictures.manners"),
    "drawings": Known(
        "drawings",
        "public domain",
        True,
        "Open Clip Art (Debian's openclipart-png 0.18), laid over each other by training.data.drawings",
    ),
    "drums": Known(
        "drum hits",
        "MIT (FluidR3 by Frank Wen) and CC0 1.0 (recordings of sonic-pi-samples)",
        True,
        "Debian's fluid-soundfont-gm 3.1 and sonic-pi-samples 3.2, varied by training.data.drums",
    ),
    "notes": Known(
        "notes of instruments",
        "MIT (FluidR3 by Frank Wen)",
        True,
        "Debian's fluid-soundfont-gm 3.1, played by training.data.notes",
    ),
    "emoji-128": Known(
        "emoji, flat and glossy, 128 px",
        "MIT (Fluent emoji, copyright Microsoft Corporation)",
        True,
        "npm's @lobehub/fluent-emoji-flat 1.1 and @lobehub/fluent-emoji-3d 1.1, paired by training.data.emoji",
    ),
    "flat-emoji": Known(
        "flat emoji, 64 px",
        "MIT (Fluent emoji, copyright Microsoft Corporation)",
        True,
        "npm's @lobehub/fluent-emoji-flat 1.1 and @lobehub/fluent-emoji-3d 1.1, parted by training.data.emoji_styles",
    ),
    "glossy-emoji": Known(
        "glossy emoji, 64 px",
        "MIT (Fluent emoji, copyright Microsoft Corporation)",
        True,
        "npm's @lobehub/fluent-emoji-flat 1.1 and @lobehub/fluent-emoji-3d 1.1, parted by training.data.emoji_styles",
    ),
    "emoji-words": Known(
        "glossy emoji with sentences, 64 px",
        "MIT (Fluent emoji, copyright Microsoft Corporation; emojibase, copyright Miles Johnson)",
        True,
        "npm's @lobehub/fluent-emoji-3d 1.1 and emojibase-data 17.0, put together by training.data.emoji_words",
    ),
    "photos-t91": Known("T91 photographs", "not stated", False, "github.com/tegg89/SRCNN-Tensorflow"),
}

# sha256 of the zip file of each set, as `training.prepare` makes it where it can
BY_SHA256: dict[str, str] = {
    "d17ded3c281f28dba79905b69312189708a89fea90fc2a9db1f1a1fec32b2682": "drawings",
    "29e0ca0d56a640d14147a8177ccf08813f2693714d042946ab28892eb111809d": "notes",
    "1e4be87f77ab2fb22612a9683ecb74bea0e67cc1f15398f27f366606e6f6b595": "emoji-128",
    "b894a7c1e6032bc191a91b69b810402065c9420d68e4e0d2e9925acc19174723": "flat-emoji",
    "6191ce75c2c0e3fe5b4093dfcd14d97233c6e723435e3ee19e9cc8f4c6988703": "glossy-emoji",
    "c0d3d1a2c4d0e8d5f609277b6fe855ce71a4cdc95797abbb183c3cd6421419f9": "emoji-words",
    "50a5a3b18ec3a213969b4489ff196e391d0c41034d8d02abb408f03d8960aad6": "drums",
    "f38dc8d5b012347a1a0e6f1468d0e080d033ef0efca6ba82ac84600889218294": "afhq-cat-128",
    "7d3d182e43cfa371eac74133230d79a219b8a9d67a548ce675dc1cf6b4abb977": "clothing-144",
    "b818559e5d33b79327417ac7ba2c11999841b4d52c03758885c5f674f119e048": "facades-128",
    "e20e1ae86e57dd9fa77ed8a4ed018156be9422b663641b6d7705989739033acc": "flowers-144",
    "18d2a8d2d22c4f7d3ea6c3e910a97f2c062195c9675e6df56ca7274c8cbbcd0c": "photos-bsds300",
    "77185032a321acbac66c81a6ae6d8d3a91276ae297dc28a3a875305983872c4f": "manners",
    "2f420feb5b609392b2ea4e0820e393f30b77a57009d0543b669af52540180a3f": "paintings",
    "2618d8fb5a6fd8796acac9bd5a165346e693677775f369f246fde7e6549db337": "photos-t91",
}


def known(sha256: str) -> Known | None:
    """What is known of a set by the hash of its file, or None."""
    name = BY_SHA256.get(sha256)
    return BY_NAME[name] if name else None
