"""Files in and out: the table of formats, one format a module, and what all of them share."""
