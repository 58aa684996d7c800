"""Shared by the sources: authentication, decoding, errors, pagination, personal data."""
