"""Who decides: providers, payers and the convenant, as Mesa agents."""
