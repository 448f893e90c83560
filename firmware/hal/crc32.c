#include "firmware/hal/crc32.h"

void crc32_init(crc32_t* crc) {
  crc->table[0][0] = 0;
  uint32_t value = 1; /* entries of one bit first; the others are their sums */
  for (uint32_t bit = 128; bit > 0; bit >>= 1) {
    value = (value >> 1) ^ (0xedb88320u & -(value & 1u));
    for (uint32_t below = 0; below < 256; below += 2 * bit)
      crc->table[0][bit + below] = value ^ crc->table[0][below];
  }
  for (uint32_t i = 0; i < 256; ++i)
    for (int k = 1; k < 4; ++k) {
      const uint32_t before = crc->table[k - 1][i];
      crc->table[k][i] = (before >> 8) ^ crc->table[0][before & 0xffu];
    }
}

static uint32_t one_byte(const crc32_t* crc, uint32_t value, uint8_t byte) {
  return (value >> 8) ^ crc->table[0][(value ^ byte) & 0xffu];
}

uint32_t crc32_update(const crc32_t* crc, uint32_t value, const void* data, size_t bytes) {
  const uint8_t* at = data;
  for (; bytes > 0 && (uintptr_t)at % 4 != 0; --bytes)
    value = one_byte(crc, value, *at++);

  const uint32_t* word = (const uint32_t*)(const void*)at; /* little-endian */
  for (; bytes >= 4; bytes -= 4) {
    value ^= *word++;
    value = crc->table[3][value & 0xffu] ^ crc->table[2][(value >> 8) & 0xffu] ^
            crc->table[1][(value >> 16) & 0xffu] ^ crc->table[0][value >> 24];
  }

  for (at = (const uint8_t*)word; bytes > 0; --bytes)
    value = one_byte(crc, value, *at++);
  return value;
}
