"""Which models there are: those that ship, that the user added, and that can be downloaded. No torch, no Qt."""
