"""What every app stands on: money, time, identifiers, errors, SQL files. No models, no Django settings."""
