"""The parts of `benchmarks.ingest`, each of which measures one way that events come."""
