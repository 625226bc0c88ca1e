"""The mechanics of slit sheets."""
