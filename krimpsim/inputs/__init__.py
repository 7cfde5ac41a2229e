"""The outside world: the project's own input tables, their register and their readers."""
