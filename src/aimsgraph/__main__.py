"""`python -m aimsgraph`."""

from aimsgraph.cli.main import main

if __name__ == "__main__":
    main()
