/* What a kernel is: kernel() does one unit of work and returns a checksum; the start code repeats it ITERATIONS
 * times, prints the last checksum in hexadecimal and ends the run. */
#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H

#include <stddef.h>
#include <stdint.h>

uint32_t kernel(uint32_t seed);

#endif /* BENCH_KERNEL_H */
