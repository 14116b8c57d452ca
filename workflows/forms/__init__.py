"""What the applicant's pages ask: one module per procedure with a ``FORM``; its fields, types and names are the facts'."""
