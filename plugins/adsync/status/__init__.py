"""Status reports from the warehouse: accounts, order explanations, consistency issues; and a health check."""
