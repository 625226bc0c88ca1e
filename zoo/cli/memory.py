"""Want of memory: a mistake of size, not a bug."""

from zoo.errors import ZooError

ADVICE = "train.<stage>.accumulate takes a batch in parts, generate.batch draws fewer structures at a time."


def want_of_memory(error: Exception) -> ZooError | None:
    """What to tell the user if the error is that memory, of the machine or of a GPU, ran out."""
    # By name and words: torch is not imported by every command, and its error on a CPU has no class of its own.
    on_gpu = type(error).__name__ == "OutOfMemoryError"
    if not (on_gpu or isinstance(error, MemoryError) or "DefaultCPUAllocator" in str(error)):
        return None
    said = str(error).partition("DefaultCPUAllocator: ")[2] or str(error)
    return ZooError(f"memory ran out{f' ({said})' if said else ''}. {ADVICE}")
