"""Suites: which models are run on which data and how they are scored; what came of it; the leaderboard."""
