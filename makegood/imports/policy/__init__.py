"""Pure rules of imports: what a format looks like, how it is recognized, how its columns become charges in SQL."""
