"""What the user may choose: blocks of declared parameters, read from TOML."""
