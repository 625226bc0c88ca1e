"""The contracts of the kinds, a file per group. B is the batch, S the structure's shape, Z the latent's shape."""
