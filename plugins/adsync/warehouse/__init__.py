"""The warehouse: connections and migrations."""
