"""The paths of the service, one module a family; each module has a function that returns its router."""
