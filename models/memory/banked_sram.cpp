#include "models/memory/banked_sram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "models/kit/input_error.hpp"
#include "models/memory/bit_copy.hpp"

namespace cairn {

using sc_core::sc_time;
using sc_core::sc_time_stamp;

namespace {

constexpr std::size_t kReadableTail = 8;  // see BankedSram::data

}  // namespace

BankedSram::BankedSram(sc_core::sc_module_name name, const BankedSramOptions& options)
    : sc_module(name), options_(options), clock_(options.clock_hz) {
  if (options.bits == 0 || options.bits % SramStream::kWordBits != 0)
    throw InputError(fmt::format("{}: {} bits is not a positive multiple of {}", this->name(),
                                 options.bits, SramStream::kWordBits));
  if (options.banks == 0 || options.bus_bits == 0)
    throw InputError(
        fmt::format("{}: needs at least one bank and one bit on the bus", this->name()));
  data_.resize(bytes() + kReadableTail);
  bus.register_b_transport(this, &BankedSram::b_transport);
  bus.register_transport_dbg(this, &BankedSram::transport_dbg);
}

std::uint64_t BankedSram::words(SramStream& stream, std::uint64_t bit_begin,
                                std::uint64_t bit_count) const {
  if (bit_count > bits()) throw std::out_of_range("an SRAM range longer than the SRAM");
  const std::uint64_t begin = on_ring(bit_begin);
  const std::uint64_t before_end = std::min(bit_count, bits() - begin);
  const std::uint64_t touched = stream.words(begin, begin + before_end);
  return touched + stream.words(0, bit_count - before_end);
}

std::uint64_t BankedSram::count_read(SramStream& stream, std::uint64_t bit_begin,
                                     std::uint64_t bit_count, std::uint64_t elements) {
  const std::uint64_t touched = words(stream, bit_begin, bit_count);
  counts_.read_words += touched;
  counts_.read_elements += elements;
  return touched;
}

std::uint64_t BankedSram::count_write(SramStream& stream, std::uint64_t bit_begin,
                                      std::uint64_t bit_count, std::uint64_t elements) {
  const std::uint64_t touched = words(stream, bit_begin, bit_count);
  counts_.write_words += touched;
  counts_.write_elements += elements;
  return touched;
}

void BankedSram::read(SramStream& stream, std::uint64_t bit_begin, std::uint64_t bit_count,
                      std::uint64_t elements, std::uint8_t* out) {
  count_read(stream, bit_begin, bit_count, elements);
  const std::uint64_t begin = on_ring(bit_begin);
  const std::uint64_t before_end = std::min(bit_count, bits() - begin);
  copy_bits(out, 0, data_.data(), begin, before_end);
  copy_bits(out, before_end, data_.data(), 0, bit_count - before_end);
}

void BankedSram::write(SramStream& stream, std::uint64_t bit_begin, std::uint64_t bit_count,
                       std::uint64_t elements, const std::uint8_t* in) {
  count_write(stream, bit_begin, bit_count, elements);
  const std::uint64_t begin = on_ring(bit_begin);
  const std::uint64_t before_end = std::min(bit_count, bits() - begin);
  copy_bits(data_.data(), begin, in, 0, before_end);
  copy_bits(data_.data(), 0, in, before_end, bit_count - before_end);
}

sc_time BankedSram::reserve(const sc_time& at, std::uint64_t cycles) {
  const sc_time start = port_.reserve(at, clock_.time_of(cycles));
  private_waiting_ += start - at;
  return start;
}

void BankedSram::flip(std::uint64_t bit) {
  if (bit >= bits()) throw std::out_of_range("a bit flip outside the SRAM");
  if (observer_) observer_(bit / 8, 1);
  data_[bit / 8] = static_cast<std::uint8_t>(data_[bit / 8] ^ (1u << bit % 8));
}

bool BankedSram::inside(const tlm::tlm_generic_payload& tx) const {
  return tx.get_address() <= bytes() && tx.get_data_length() <= bytes() - tx.get_address();
}

void BankedSram::move(tlm::tlm_generic_payload& tx) {
  std::uint8_t* const at = data_.data() + tx.get_address();
  if (tx.is_read()) std::memcpy(tx.get_data_ptr(), at, tx.get_data_length());
  if (tx.is_write()) {
    if (observer_) observer_(tx.get_address(), tx.get_data_length());
    std::memcpy(at, tx.get_data_ptr(), tx.get_data_length());
  }
}

void BankedSram::b_transport(tlm::tlm_generic_payload& tx, sc_time& delay) {
  if (!inside(tx)) return tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (tx.get_byte_enable_ptr() != nullptr)
    return tx.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  if (tx.get_streaming_width() < tx.get_data_length())
    return tx.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);

  const unsigned bytes = tx.get_data_length();
  const std::uint64_t beats =
      (std::uint64_t{bytes} * 8 + options_.bus_bits - 1) / options_.bus_bits;
  const sc_time wanted = sc_time_stamp() + delay;
  const sc_time transfer = clock_.time_of(beats);
  const sc_time start = port_.reserve(wanted, transfer);
  bus_waiting_ += start - wanted;
  delay = start + transfer - sc_time_stamp();

  move(tx);
  if (tx.is_read()) {
    ++counts_.bus_reads;
    counts_.bus_read_bytes += bytes;
  } else if (tx.is_write()) {
    ++counts_.bus_writes;
    counts_.bus_write_bytes += bytes;
  }
  tx.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned BankedSram::transport_dbg(tlm::tlm_generic_payload& tx) {
  if (!inside(tx)) return 0;
  move(tx);
  return tx.get_data_length();
}

}  // namespace cairn
