"""The seed's loop and the project, measured in one run."""
