"""The ground: files, tensors, locks, processes, progress, the machine. Knows nothing of models."""
