"""One Accelerate loop for every stage of every model."""
