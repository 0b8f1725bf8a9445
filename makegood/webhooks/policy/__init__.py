"""Pure: where webhooks may go, how a request is spelled, when it is tried again."""
