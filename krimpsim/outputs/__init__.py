"""What is looked at: indicators, their recording, the result tables and the comparison of scenarios."""
