"""What each part of the system is worth, measured by leaving it out, on held-out memes."""
