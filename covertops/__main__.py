"""``python -m covertops`` is the command line."""

from covertops.cli import main

if __name__ == "__main__":
    main()
