"""Text that is written backwards or upside down is turned as an eye reads it; knows no tokens."""

import re

from model_package.spelled import clusters

OVERRIDDEN = re.compile("\u202e([^\u202c\n]*)")  # shown from right to left
ON_THEIR_HEADS = str.maketrans(
    "ɐɔǝɟƃᵷɥᴉıɾʞꞁɯɹʇʌʍʎ∀ƆƎℲ⅁ſ⅂Ԁᴚ⊥Λ⅄˙¿¡",
    "acefgghiijklmrtvwyACEFGJLPRTVY.?!",
)
PLAIN = str.maketrans("bdpqnu,'", "qpdbun',")  # what is some other sign on its head
SURE = re.compile("[ɐɔǝɟƃᵷɥᴉɾʞɯɹʇʌʍʎ]")  # in no language that is read here
LETTER = re.compile("[^\\W\\d_]")
SHARE = 0.4  # of letters that are sure signs, above which a text stands on its head


def upright(text: str) -> str:
    """`text` as an eye reads it, that follows its direction marks or turns its head."""
    text = OVERRIDDEN.sub(lambda found: _reversed(found[1]), text)
    if len(SURE.findall(text)) <= SHARE * len(LETTER.findall(text)):
        return text
    return _reversed(text.translate(ON_THEIR_HEADS | PLAIN))


def _reversed(text: str) -> str:
    """`text` from its end to its beginning; marks stay on their letters."""
    return "".join(reversed(clusters(text)))
