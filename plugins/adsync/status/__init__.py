"""Read-only views of the warehouse: account status, order explanations, consistency."""
