"""Measuring: captures out of real stacks, whole processes, medians, and ratios against what else reads such captures here."""
