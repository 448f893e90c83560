// Empty: carries the precompiled SystemC headers.
