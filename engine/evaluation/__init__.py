"""How good a model's answers are: understood, right, and spoken so that they can be understood."""
