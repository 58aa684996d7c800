"""adsync: ad metrics and store orders in Postgres, attributed and honestly summed."""
