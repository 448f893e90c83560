#include "tests/firmware/hosted_mmio.hpp"

namespace {
cairn::test::Bench* bench = nullptr;
}

void cairn::test::connect_mmio(Bench& to) {
  bench = &to;
}

uint32_t mmio_read32(uintptr_t addr) {
  return bench->read32(addr);
}

void mmio_write32(uintptr_t addr, uint32_t value) {
  bench->write32(addr, value);
}

uint8_t mmio_read8(uintptr_t addr) {
  uint8_t value = 0;
  EXPECT_TLM_OK(bench->host.read(addr, &value, 1));
  return value;
}

void mmio_write8(uintptr_t addr, uint8_t value) {
  EXPECT_TLM_OK(bench->host.write(addr, &value, 1));
}

void mmio_fence() {}
