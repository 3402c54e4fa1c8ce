"""The graphics card: which there is, whether it can be used, and the pack of libraries that makes it usable.

A pack is torch with the libraries of a card's makers, as wheels that a list with checksums names (`resources/gpu`). It is
unpacked into a folder of the user's, tried in a process of its own, and from then on stands before the program's own torch.
"""
