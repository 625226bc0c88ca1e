"""The contracts of the kinds, a file each. B is the batch, S the structure's shape, Z the latent's shape."""

from zoo.system import compat

# Contracts import diffusers, and whoever uses a component or loads a model imports contracts first. A bare `import zoo`
# leaves the import system as it is.
compat.install()
