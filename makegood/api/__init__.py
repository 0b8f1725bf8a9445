"""The web service: IDI-compatible resources, OData reads and the native service, over the operations the pages use."""
