"""The conformance kit: what plugin authors check their components with, in tests of their own.

    import zoo.testing

    def test_it_keeps_its_contract():
        zoo.testing.check("regulariser", {"use": "gaussian-mmd", "weight": 1.0})

The plugin must be installed (`pip install --editable .`), as it must be for a run.
"""

from zoo.testing.kit import check, promises

__all__ = ["check", "promises"]
