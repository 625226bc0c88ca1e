"""`zoo plugin new`: a plugin written from the template that the page "Writing a plugin" explains."""
