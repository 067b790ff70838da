"""Pages of the repairs: the desk's list and the technician's phone."""
