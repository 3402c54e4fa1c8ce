"""What Wren can be asked, and what it answers."""
