"""Where replies come from: one small interface, several providers behind it."""
