"""Cells made: fields, shells, spinodoids, nets and their struts."""
