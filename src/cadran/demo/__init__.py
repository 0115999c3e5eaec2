"""The demonstration: this machine, live. Importing it does nothing; ``machine.program()`` makes it."""
