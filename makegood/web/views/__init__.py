"""Views, one file per area: parse, call one operation or selector, render."""
