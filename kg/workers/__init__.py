"""Queries in processes that can be killed.

    pool (asyncio, in the server) ─→ zygote (one for a revision, which it holds open) ─→ worker (forked in 2 ms)

All zygotes are forked by one process, the fork server, which has imported what most of them need. A worker evaluates
one query at a time, with a memory limit and without a network, and hands its answer over whole. The zygote and the
worker import `kg.engine` and little else, so that a fork is small.
"""
