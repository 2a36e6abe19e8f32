"""What models call a meme's two parts, in the four languages; what else they say, and refusals."""

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
OTHER = {
    "label", "labels", "category", "explanation", "note", "notes", "tone", "rationale", "language",
    "translation", "why it is harmful", "标签", "类别", "分类", "解释", "说明", "备注", "注",
    "kategori", "penjelasan", "nota", "catatan", "nada", "லேபிள்", "வகை", "விளக்கம்", "குறிப்பு",
    "தொனி", "语气",
}  # fmt: skip

REMARKS = re.compile(
    r"(?:i )?hope (?:this|these|that) (?:helps?|works?|meets?|fits?|memes|examples)\b"
    r"|let me know (?:if|whether) (?:you|this|these|there|any)\b"
    r"|(?:please )?feel free to (?:ask|adjust|adapt|modify|use|change|edit|let)\b"
    r"|(?:would you like|do you want) (?:me to|more|another)\b"
    r"|if you (?:need|want|would like|['’]d like) (?:more|any|another|me to|further|changes)\b"
    r"|(?:all (?:of )?)?(?:these|the above) (?:memes|examples|items|texts)\b"
    r"|please note\b|is there anything else"
    r"|希望(?:这些|以上)|以上(?:是|内容|示例|例子|梗图)|如果(?:你|您)(?:还)?(?:需要|想要)|如需"
    r"|(?:beri ?tahu|maklumkan)(?: kepada)? saya (?:jika|kalau)"
    r"|(?:jika|kalau) (?:anda|awak) (?:perlukan|memerlukan|mahukan|inginkan)"
    r"|(?:உங்களுக்கு )?மேலும் (?:ஏதேனும் )?(?:தேவைப்பட்டால்|வேண்டுமானால்|தேவையென்றால்)",
    re.IGNORECASE,
)

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
