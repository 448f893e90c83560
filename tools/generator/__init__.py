"""Generators: one TOML description in, C++ and C headers, documentation and debugger views out."""
