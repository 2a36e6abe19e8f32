"""How long the first answer takes."""
