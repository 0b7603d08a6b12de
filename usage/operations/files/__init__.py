"""Files of usage: upload, map, check, import, cancel."""
