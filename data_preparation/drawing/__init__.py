"""What the renderer draws with: fonts, lines of text, grounds, figures."""
