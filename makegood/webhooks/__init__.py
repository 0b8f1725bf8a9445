"""Tells other systems what happened: endpoints, signed deliveries, retries, replay."""
