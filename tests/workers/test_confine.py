"""What a worker may not do, tried in a process of its own."""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
import textwrap

import pytest

from tests.conftest import ROOT

LINUX = sys.platform.startswith("linux") and platform.machine() in {"x86_64", "aarch64"}
only_linux = pytest.mark.skipif(not LINUX, reason="memory limit and ban on sockets are Linux' (x86-64, ARM64)")


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@only_linux
def test_the_engine_itself_reaches_no_server() -> None:
    """Even where nobody has looked at the text."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        query = f"SELECT * {{ SERVICE <http://127.0.0.1:{server.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        done = run(
            f"""
            import socket
            import pyoxigraph
            from kg.workers.confine import forbid_sockets
            assert forbid_sockets()
            for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
                try:
                    socket.socket(family)
                except PermissionError:
                    print("refused")
            try:
                list(pyoxigraph.Store().query({query!r}))
            except (OSError, RuntimeError) as error:
                print("failed", error)
            """
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("refused") == 3
        assert "failed" in done.stdout
        with pytest.raises(TimeoutError):
            server.accept()


@only_linux
def test_memory_is_limited() -> None:
    done = run(
        """
        from kg.workers.confine import limit_memory
        limit_memory(64 << 20)
        bytearray(16 << 20)
        try:
            bytearray(128 << 20)
        except MemoryError:
            print("stopped")
        """
    )
    assert (done.returncode, done.stdout) == (0, "stopped\n"), done.stderr


def test_no_file_is_opened_any_more() -> None:
    done = run(
        """
        from kg.workers.confine import freeze_descriptors
        freeze_descriptors()
        try:
            open("/etc/hosts")
        except OSError:
            print("refused")
        """
    )
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


@only_linux
def test_a_child_ends_with_its_parent() -> None:
    done = run(
        """
        import os, signal, time
        from kg.workers.confine import end_with_parent
        reader, writer = os.pipe()
        middle = os.fork()
        if middle == 0:
            parent = os.getpid()
            child = os.fork()
            if child == 0:
                end_with_parent(parent)
                os.write(writer, str(os.getpid()).encode())
                time.sleep(60)
            time.sleep(60)
        child = int(os.read(reader, 20))
        os.kill(middle, signal.SIGKILL)
        os.waitpid(middle, 0)
        for _ in range(100):
            try:
                state = open(f"/proc/{child}/stat").read().rpartition(")")[2].split()[0]
            except FileNotFoundError:
                state = "gone"
            if state in {"gone", "Z"}:
                print("ended")
                break
            time.sleep(0.05)
        """
    )
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr


@only_linux
def test_what_is_large_is_given_back_by_whoever_keeps_it_apart() -> None:
    """A block of 1 MiB that was freed has the C library (glibc) take blocks of that size from the heap otherwise."""
    done = run(
        """
        import ctypes
        import sys
        from kg.workers.confine import give_back_memory, keep_large_blocks_apart
        keep_large_blocks_apart()
        give_back_memory()
        library = ctypes.CDLL(None)
        library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
        library.free(library.malloc(ctypes.c_size_t(1 << 20)))
        block = library.malloc(ctypes.c_size_t(1 << 20))
        maps = [line.split()[0].split("-") for line in open("/proc/self/maps") if line.endswith("[heap]\\n")]
        print(any(int(first, 16) <= block < int(last, 16) for first, last in maps))
        """
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
