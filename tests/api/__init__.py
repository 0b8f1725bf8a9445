"""The web service as strangers see it: its document, its clients, its limits, over a socket."""
