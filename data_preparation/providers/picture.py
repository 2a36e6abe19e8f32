"""Pictures inside chat messages, in OpenAI's form; knows nothing of models.

A picture travels as a data URL; pictures elsewhere are refused, for nothing here loads pages.
"""

import base64
import io
from pathlib import Path
from typing import Any

from PIL import Image

from model_package.errors import UserError

KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def picture_part(path: Path) -> dict[str, Any]:
    """The content part that shows the picture at `path`."""
    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            kind = KINDS.get(str(image.format))
            data = data if kind else _as_png(image)
    except (OSError, Image.DecompressionBombError) as error:
        raise UserError(f"{path}: cannot be read as a picture: {error}") from error
    code = base64.b64encode(data).decode()
    url = f"data:{kind or 'image/png'};base64,{code}"
    return {"type": "image_url", "image_url": {"url": url}}


def has_picture(content: Any) -> bool:
    """Whether a message's content holds a picture."""
    parts = content if isinstance(content, (list, tuple)) else ()
    return any(isinstance(part, dict) and part.get("type") == "image_url" for part in parts)


def split_content(content: Any) -> tuple[str, list[Image.Image]]:
    """The text and the pictures of a message's content."""
    if isinstance(content, str):
        return content, []
    texts = [part["text"] for part in content if part.get("type") == "text"]
    pictures = [open_picture(part) for part in content if part.get("type") == "image_url"]
    return "\n".join(texts), pictures


def open_picture(part: dict[str, Any]) -> Image.Image:
    """The picture that a content part holds."""
    head, _, code = part["image_url"]["url"].partition(",")
    if not head.startswith("data:"):
        raise ValueError("a picture must be given as a data URL")
    return Image.open(io.BytesIO(base64.b64decode(code))).convert("RGB")


def _as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()
