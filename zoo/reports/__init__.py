"""Pages: self-contained HTML, of a run, of several, of an evaluation."""
