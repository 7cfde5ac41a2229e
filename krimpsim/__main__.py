"""``python -m krimpsim`` is the command line."""

from krimpsim.cli import main

if __name__ == "__main__":
    main()
