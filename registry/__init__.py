"""What is on record: divisions, bureaus, people, institutions, filings, clauses, calendar, numbers. Knows nobody."""
