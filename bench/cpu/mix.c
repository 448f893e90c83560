/* The kinds of work of CoreMark, written anew: a linked list, a matrix product, a state machine over text, a CRC. */
#include "kernel.h"

typedef struct node {
  struct node* next;
  int32_t key, value;
} node_t;

static node_t nodes[128];
static int16_t a[12][12], b[12][12];
static int32_t product[12][12];

static uint32_t random_state;
static uint32_t draw(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

static node_t* make_list(void) {
  for (int i = 0; i < 128; ++i) nodes[i] = (node_t){i < 127 ? &nodes[i + 1] : NULL, (int32_t)(draw() & 1023), i};
  return nodes;
}

static node_t* reverse(node_t* list) {
  node_t* out = NULL;
  while (list != NULL) {
    node_t* const next = list->next;
    list->next = out;
    out = list;
    list = next;
  }
  return out;
}

/* Merge sort, bottom up. */
static node_t* sort(node_t* list) {
  for (uint32_t width = 1;; width *= 2) {
    node_t *left = list, *tail = NULL;
    list = NULL;
    uint32_t merges = 0;
    while (left != NULL) {
      ++merges;
      node_t* right = left;
      uint32_t left_size = 0, right_size = width;
      while (left_size < width && right != NULL) {
        ++left_size;
        right = right->next;
      }
      while (left_size > 0 || (right_size > 0 && right != NULL)) {
        node_t* taken;
        if (left_size != 0 && (right_size == 0 || right == NULL || left->key <= right->key)) {
          taken = left;
          left = left->next;
          --left_size;
        } else {
          taken = right;
          right = right->next;
          --right_size;
        }
        if (tail != NULL)
          tail->next = taken;
        else
          list = taken;
        tail = taken;
      }
      left = right;
    }
    tail->next = NULL;
    if (merges <= 1) return list;
  }
}

static uint32_t matrix(void) {
  for (int i = 0; i < 12; ++i)
    for (int j = 0; j < 12; ++j) {
      a[i][j] = (int16_t)draw();
      b[i][j] = (int16_t)draw();
    }
  uint32_t sum = 0;
  for (int i = 0; i < 12; ++i)
    for (int j = 0; j < 12; ++j) {
      int32_t s = 0;
      for (int k = 0; k < 12; ++k) s += (int32_t)a[i][k] * b[k][j];
      product[i][j] = s;
      sum += (uint32_t)s >> 3;
    }
  return sum;
}

enum state { kStart, kSign, kInteger, kPoint, kFraction, kExponent, kWrong, kStates };

static uint32_t scan(const char* text) {
  static uint32_t visits[kStates];
  enum state state = kStart;
  for (; *text != 0; ++text) {
    const char c = *text;
    const int digit = c >= '0' && c <= '9';
    if (c == ',') {
      state = kStart;
    } else {
      switch (state) {
        case kStart:
          state = digit ? kInteger : c == '+' || c == '-' ? kSign : c == '.' ? kPoint : kWrong;
          break;
        case kSign:
          state = digit ? kInteger : c == '.' ? kPoint : kWrong;
          break;
        case kInteger:
          state = digit ? kInteger : c == '.' ? kPoint : c == 'e' ? kExponent : kWrong;
          break;
        case kPoint:
        case kFraction:
          state = digit ? kFraction : c == 'e' ? kExponent : kWrong;
          break;
        case kExponent:
          state = digit || c == '-' ? kExponent : kWrong;
          break;
        default:
          break;
      }
    }
    ++visits[state];
  }
  return visits[kInteger] + 3 * visits[kFraction] + 5 * visits[kWrong];
}

static uint32_t crc16(uint32_t crc, uint32_t word) {
  for (int i = 0; i < 32; ++i) {
    const uint32_t carry = (crc ^ word) & 1;
    word >>= 1;
    crc = crc >> 1 ^ (carry ? 0xa001u : 0);
  }
  return crc;
}

uint32_t kernel(uint32_t seed) {
  random_state = seed;
  uint32_t crc = 0;
  const node_t* list = sort(reverse(make_list()));
  for (; list != NULL; list = list->next) crc = crc16(crc, (uint32_t)list->key ^ (uint32_t)list->value << 16);
  for (int i = 0; i < 4; ++i) crc = crc16(crc, matrix());
  for (int i = 0; i < 8; ++i) crc = crc16(crc, scan("5012,-874.3,+122,12.5e-3,x7,.5,1e10,999999999,3.1415926535,--4,"));
  return crc + seed;
}
