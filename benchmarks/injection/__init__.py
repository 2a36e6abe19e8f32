"""How far words and characters written into a meme, to sway the answer, move its probability."""
