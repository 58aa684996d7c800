"""Alert episodes, their delivery, and backtests of alert rules. The marts decide what an alert is."""
