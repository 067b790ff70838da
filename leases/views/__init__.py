"""Pages of households and leases."""
