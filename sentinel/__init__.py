"""Sentinel: what is on this control network, what is normal, what just changed."""
