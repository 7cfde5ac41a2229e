"""What people see: figures, the report page and the tables in the terminal."""
