"""The noise laws."""
