"""What a line of text looks like: its script, whether it is junk or a site's watermark."""

import re
import unicodedata
from difflib import SequenceMatcher

HAN = re.compile("[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
TAMIL = re.compile("[\u0b80-\u0bff]")
JOINERS = re.compile("[\u200b-\u200d\ufeff]")
SITES = (
    "imgflip|memegenerator|quickmeme|makeameme|mematic|memecenter|memebase|memedroid|9gag|"
    "kapwing|ifunny|imgur|giphy|meme-arsenal|troll\\.me|diylol|cheezburger"
)
SITE = re.compile(
    rf"\b(?:www\.)?(?:{SITES})\.(?:com|co|net|org|me)\b|^\W*(?:{SITES})\W*$", re.IGNORECASE
)
ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?[\w-]+\.(?:com?|net|org|me|io)(?:/\S*)?")
SMALL = 0.06  # of the picture's height: an address no taller than this is a watermark
EDGE = 0.9  # of the picture's height: below this a small line may be a blurred watermark
ALIKE = 0.55  # how near (difflib's ratio) a blurred watermark comes to the commonest one
WORD = re.compile(r"\b[^\W\d_]{3,}\b")
SURE = 0.9  # RapidOCR's score of what it can read is above this, of what it cannot below


def is_han(character: str) -> bool:
    """Whether `character` is a Chinese character."""
    return bool(HAN.match(character))


def tamil_share(text: str) -> float:
    """How much of `text`, less its spaces, is Tamil script: 0 to 1."""
    letters = "".join(text.split())
    return len(TAMIL.findall(letters)) / len(letters) if letters else 0.0


def tamil_letters(text: str) -> int:
    """Tamil consonants and vowels in `text`, without the signs that go on them."""
    return sum(c.isalpha() for c in TAMIL.findall(text))


def tidy(text: str) -> str:
    """Composed characters, no joiners, one space between words."""
    return " ".join(JOINERS.sub("", unicodedata.normalize("NFC", text)).split())


def without_watermark(text: str, height: float, top: float) -> str:
    """`text` less the names of meme sites, and empty when it is a small internet address.

    height, top: the line's, as shares of the picture's height.
    """
    text = " ".join(SITE.sub(" ", text).split())
    if height > SMALL:
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = plain.replace(" ", "")
    blurred = top > EDGE and SequenceMatcher(None, plain, "imgflip.com").ratio() > ALIKE
    return "" if blurred or ADDRESS.fullmatch(plain) else text


def is_junk(text: str) -> bool:
    """Whether `text` has no word of three Latin letters, nor any in another of our scripts."""
    scripts = {_script(character) for character in text if character.isalpha()}
    if not scripts or "other" in scripts:
        return True
    return scripts == {"latin"} and not WORD.search(text)


def _script(letter: str) -> str:
    if is_han(letter) or TAMIL.match(letter):
        return "ours"
    return "latin" if "LATIN" in unicodedata.name(letter, "") else "other"
