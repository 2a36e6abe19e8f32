"""Tamil cases and singulars by rule, for names whose ends are regular; knows nothing of slots."""

VIRAMA = "்"
DOUBLED = "கசடதபஸ"  # a loan that ends in one of these doubles it: பஸ், பஸ்ஸை
SUFFIXES = {"acc": "ை", "dat": "ுக்கு", "gen": "ின்", "soc": "ுடன்"}
AFTER_VOWEL = {"acc": "யை", "dat": "க்கு", "gen": "யின்", "soc": "யுடன்"}
FRONT_VOWELS = "ிீை"


def decline(name: str, case: str) -> str:
    """`name` in `case` (acc, dat, gen or soc), where its end is one that the rules cover."""
    if name.endswith("ம்"):
        return name[:-2] + "த்த" + SUFFIXES[case]
    if name.endswith(VIRAMA):
        doubled = name + name[-2] if name[-2] in DOUBLED else name[:-1]
        return doubled + SUFFIXES[case]
    if name.endswith("ு"):
        return name[:-1] + SUFFIXES[case]
    if name[-1] in FRONT_VOWELS:
        return name + AFTER_VOWEL[case]
    raise ValueError(f"no rule declines {name!r}")


def singular(name: str) -> str:
    """`name` without its plural ending."""
    return name.removesuffix("கள்")
