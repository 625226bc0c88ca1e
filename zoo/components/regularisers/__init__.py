"""Losses that shape latent space."""
