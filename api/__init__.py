"""The HTTP service: FastAPI over the library `kg`."""
