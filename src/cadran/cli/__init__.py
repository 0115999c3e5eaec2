"""The command line: ``cadran run``, ``cadran demo``, ``cadran send``."""
