"""`python -m makegood.project.cli`, for child processes that need no console script on their path."""

from makegood.project.cli import main

if __name__ == "__main__":
    main()
