"""What everything else stands on: codes, months, errors, compiled functions and keyed random draws."""
