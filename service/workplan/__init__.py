"""Work plans of municipal networks as linked data: ontology, checks, releases and a query service."""
