"""The full-size models on one GPU: random weights, the seed's loop and the project."""
