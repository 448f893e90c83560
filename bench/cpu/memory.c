/* Memory: copies of words and bytes, then a heap sort. */
#include "kernel.h"

static uint32_t source[4096], target[4096];

static void copy_words(uint32_t* to, const uint32_t* from, size_t count) {
  for (size_t i = 0; i < count; ++i) to[i] = from[i];
}
static void copy_bytes(uint8_t* to, const uint8_t* from, size_t count) {
  for (size_t i = 0; i < count; ++i) to[i] = from[i];
}

static void sift(uint32_t* heap, size_t root, size_t count) {
  const uint32_t value = heap[root];
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && heap[child + 1] > heap[child]) ++child;
    if (heap[child] <= value) break;
    heap[root] = heap[child];
  }
  heap[root] = value;
}

static void sort(uint32_t* values, size_t count) {
  for (size_t i = count / 2; i-- > 0;) sift(values, i, count);
  for (size_t end = count; end-- > 1;) {
    const uint32_t top = values[0];
    values[0] = values[end];
    values[end] = top;
    sift(values, 0, end);
  }
}

uint32_t kernel(uint32_t seed) {
  for (size_t i = 0; i < 4096; ++i) source[i] = seed = seed * 1664525u + 1013904223u;
  for (int i = 0; i < 8; ++i) {
    copy_words(target, source, 4096);
    copy_bytes((uint8_t*)target + 1, (const uint8_t*)source, 4096);
  }
  sort(target, 1024);
  return target[0] ^ target[1023] ^ target[4095];
}
