"""Cells compared: nearest neighbours modulo shifts and symmetries."""
