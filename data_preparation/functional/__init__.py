"""Rows that train for functions of a detector: hate in many forms, and harmless look-alikes.

The same words stand under both labels, and how they are put together decides. Every template is
written in four languages; nothing is copied from any test set.
"""
