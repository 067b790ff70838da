"""Read models that compose several apps. Reading only: what changes something is a service of the app below."""
