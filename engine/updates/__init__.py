"""A newer Refrain, where the user asks for one: a signed list says what there is, and the installer is fetched. No torch."""
