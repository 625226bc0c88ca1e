"""A plugin-based zoo of generative models for mechanical metamaterials.

Everything public is named in `__init__.pyi` and loaded on first use, so that `import zoo` stays instant.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
