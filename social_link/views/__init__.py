"""Pages of the social service."""
