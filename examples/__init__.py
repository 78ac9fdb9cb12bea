"""A fictional county for the demonstration: roster, cycle, policy and filings. Nothing here is installed."""
