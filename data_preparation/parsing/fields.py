"""The names that models give to a meme's two parts, in the four languages, and how they refuse."""

import re

PICTURE = {
    "picture", "picture description", "image", "image description", "description", "visual",
    "description of the picture", "description of the image", "scene", "图片", "图片描述", "画面",
    "画面描述", "图像", "图像描述", "gambar", "imej", "penerangan gambar", "penerangan imej",
    "படம்", "பட விளக்கம்", "காட்சி",
}  # fmt: skip
TEXT = {
    "text", "meme text", "text on the picture", "text on the image", "overlay text", "words",
    "text overlay", "overlay", "文字", "文本", "文案", "梗图文字", "teks", "teks meme", "tulisan",
    "உரை", "வாசகம்", "மீம் உரை",
}  # fmt: skip
TOP = {"top", "top text", "上方文字", "teks atas", "மேல் உரை"}
BOTTOM = {"bottom", "bottom text", "下方文字", "teks bawah", "கீழ் உரை"}
EITHER = {"caption", "image caption", "meme caption", "标题", "kapsyen", "தலைப்பு"}
NAMES = PICTURE | TEXT | TOP | BOTTOM | EITHER

REFUSALS = re.compile(
    r"\bi(?:['’]m| am) (?:sorry|unable|not able)|\bi (?:can(?:no|['’])t|won['’]t|must decline)"
    r"|\bas an ai\b|抱歉|对不起|我(?:不能|无法)|作为(?:一个)?(?:AI|人工智能)"
    r"|\bmaaf\b|\bsaya (?:tidak (?:dapat|boleh)|tak boleh)|\bsebagai (?:ai|model bahasa)"
    r"|மன்னிக்க|என்னால்[^.]{0,80}(?:முடியாது|இயலாது)",
    re.IGNORECASE,
)
PLAIN_REFUSALS = re.compile(
    r"\bas an ai\b|\bi (?:can(?:no|['’])t|won['’]t) (?:create|generate|write|provide|assist|help)"
    r"|我(?:不能|无法)(?:生成|提供|创作)|saya tidak (?:dapat|boleh) (?:menjana|menulis)",
    re.IGNORECASE,
)


def simple(name: str) -> str:
    """`name` as the sets above write it."""
    return " ".join(re.sub(r"[_\-*\"“”'.]+", " ", name).casefold().split())


def refuses(text: str) -> bool:
    """Whether a reply that holds no items says no."""
    return REFUSALS.search(text[:300]) is not None


def is_refusal(text: str) -> bool:
    """Whether what stands where a meme's words should be is a refusal; stricter than `refuses`."""
    return PLAIN_REFUSALS.search(text) is not None
