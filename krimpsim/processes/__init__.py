"""What happens in a month: one file is one process and one section of the description of the model."""
