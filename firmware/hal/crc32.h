/* CRC-32 of IEEE 802.3, as in zlib and PNG. */
#ifndef HAL_CRC32_H
#define HAL_CRC32_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CRC32_START 0xffffffffu

/* Lookup tables: entry [k][b] advances byte b through k more zero bytes. */
typedef struct crc32 {
  uint32_t table[4][256];
} crc32_t;

void crc32_init(crc32_t* crc);

/* Continues `value` (at first CRC32_START) over `bytes` bytes at `data`. The checksum is the
 * complement of the last value. Four bytes a step once `data` is aligned to 4. */
uint32_t crc32_update(const crc32_t* crc, uint32_t value, const void* data, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* HAL_CRC32_H */
