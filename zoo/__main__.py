"""`python -m zoo`, and what `accelerate launch -m zoo run …` starts."""

from zoo.cli import main

if __name__ == "__main__":
    main()
