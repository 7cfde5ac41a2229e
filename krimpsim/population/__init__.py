"""Who exists: the tables of persons, ties and organisations, and how they are made."""
