#include "models/dma/dma_channel.hpp"

#include <algorithm>
#include <utility>

namespace cairn {

using namespace dma_regs;
using kit::trace::Format;

namespace {

constexpr std::uint64_t kDescriptorBytes = sizeof(job::Descriptor);
constexpr std::uint16_t kBlockFlag = 1;

enum class State { kIdle, kFetch, kWait, kMove, kError };
constexpr const char* kStateNames[] = {"idle", "fetch", "wait", "move", "error"};

}  // namespace

DmaChannel::DmaChannel(sc_core::sc_module_name name, unsigned index, DmaEngine engine)
    : sc_module(name),
      index_(index),
      engine_(std::move(engine)),
      state_trace_("state", kStateNames, {.group = "DMA"}),
      descriptor_trace_("descriptor", 32, {.format = Format::kDecimal, .group = "DMA"}),
      layer_trace_("layer", 16, {.format = Format::kDecimal, .group = "DMA"}),
      bytes_trace_("bytes", 64, {.format = Format::kAnalogue, .group = "DMA"}) {
  state_trace_.set(State::kIdle);
  SC_THREAD(run);
  set_stack_size(1 << 20);
}

void DmaChannel::start() {
  if (engine_.regs.get<status::busy>(index_)) return;
  engine_.regs.set<status::busy>(index_, 1);
  engine_.regs.set<status::descriptor>(index_, 0);
  engine_.regs.set<error_code::code>(index_, ErrorCode::kNone);
  engine_.regs.set<error_address::address>(index_, 0);
  engine_.regs.set<error_index::index>(index_, 0);
  aborted_ = false;
  start_.notify(sc_core::SC_ZERO_TIME);
}

void DmaChannel::abort() {
  if (!engine_.regs.get<status::busy>(index_)) return;
  aborted_ = true;
  aborted_event_.notify(sc_core::SC_ZERO_TIME);
}

void DmaChannel::run() {
  for (;;) {
    wait(start_);
    moved_bytes_ = 0;
    bytes_trace_.set(0);
    end(walk());
  }
}

DmaChannel::Outcome DmaChannel::walk() {
  const std::uint64_t list = engine_.regs.get<list::address>(index_);
  const std::uint32_t limit = engine_.regs.get<limit::descriptors>(index_);
  latch_windows();

  std::uint64_t address = list;
  for (descriptor_ = 0;; ++descriptor_) {
    descriptor_trace_.set(descriptor_);
    if (address % kDescriptorBytes != 0) return Fault{ErrorCode::kListMisaligned, address};
    if (descriptor_ >= limit) return Fault{ErrorCode::kListTooLong, address};

    job::Descriptor descriptor{};
    if (Outcome fault = fetch(address, descriptor)) return fault;
    if (Outcome fault = wait_for_token(descriptor, address)) return fault;
    if (Outcome fault = move(descriptor, address)) return fault;
    finish(descriptor);

    if (descriptor.next == 0) return std::nullopt;
    address = list + descriptor.next;
  }
}

void DmaChannel::latch_windows() {
  const kit::RegisterFile& regs = engine_.regs;
  windows_ = {
      DmaWindow{},
      DmaWindow{regs.get<base_job::address>(index_), regs.get<window_job::bytes>(index_)},
      DmaWindow{regs.get<base_input::address>(index_), regs.get<window_input::bytes>(index_)},
      DmaWindow{regs.get<base_output::address>(index_), regs.get<window_output::bytes>(index_)},
      DmaWindow{regs.get<base_scratch::address>(index_), regs.get<window_scratch::bytes>(index_)},
      DmaWindow{regs.get<base_features::address>(index_), regs.get<window_features::bytes>(index_)},
      DmaWindow{regs.get<base_weights::address>(index_), regs.get<window_weights::bytes>(index_)},
      DmaWindow{regs.get<base_buffer::address>(index_), regs.get<window_buffer::bytes>(index_)},
  };
}

DmaChannel::Outcome DmaChannel::fetch(std::uint64_t address, job::Descriptor& descriptor) {
  state_trace_.set(State::kFetch);
  if (aborted_) return Fault{ErrorCode::kAborted, address};
  if (address + kDescriptorBytes > DmaWindow::kAddressSpace)
    return Fault{ErrorCode::kListNotReadable, address};

  const Access read = access(tlm::TLM_READ_COMMAND, address, &descriptor, sizeof descriptor);
  wait_until(read.done);
  if (!read.ok) return Fault{ErrorCode::kListNotReadable, address};
  if (!well_formed(descriptor) || !tokens_usable(descriptor))
    return Fault{ErrorCode::kBadDescriptor, address};
  layer_trace_.set(descriptor.layer);
  return std::nullopt;
}

/// A channel without an NPU has no tokens to wait for or to signal.
bool DmaChannel::tokens_usable(const job::Descriptor& descriptor) const {
  return tokens_ != nullptr || (descriptor.wait_count == 0 && descriptor.signal_count == 0);
}

DmaChannel::Outcome DmaChannel::wait_for_token(const job::Descriptor& d, std::uint64_t address) {
  if (d.wait_count > 0 && !tokens_->reached(d.wait_token, d.wait_count)) {
    state_trace_.set(State::kWait);
    engine_.regs.set<status::waiting>(index_, 1);
    token_wait_ = DmaTokenWait{d.wait_token, d.wait_count, descriptor_, d.layer};
    while (!aborted_ && !tokens_->reached(d.wait_token, d.wait_count))
      wait(tokens_->changed | aborted_event_);
    token_wait_.reset();
    engine_.regs.set<status::waiting>(index_, 0);
  }
  if (aborted_) return Fault{ErrorCode::kAborted, address};
  return std::nullopt;
}

DmaChannel::Outcome DmaChannel::move(const job::Descriptor& descriptor, std::uint64_t address) {
  state_trace_.set(State::kMove);
  std::uint64_t bytes = 0;
  Outcome outcome = move_rows(descriptor, address, bytes);
  if (bytes > 0 && engine_.moved) engine_.moved(descriptor, bytes);
  return outcome;
}

/// Each row's write happens before the next row's read, so rows that overlap are copied in order.
/// Whatever the outcome, it returns no earlier than the last write is visible.
DmaChannel::Outcome DmaChannel::move_rows(const job::Descriptor& d, std::uint64_t address,
                                          std::uint64_t& bytes) {
  DmaRows source(windows_[d.source_base], d, d.source_offset, d.source_row_stride,
                 d.source_plane_stride);
  DmaRows target(windows_[d.target_base], d, d.target_offset, d.target_row_stride,
                 d.target_plane_stride);
  if (row_.size() < d.row_bytes) row_.resize(d.row_bytes);

  Outcome fault;
  sc_core::sc_time written = sc_core::sc_time_stamp();
  for (std::uint64_t left = std::uint64_t{d.rows} * d.planes; left > 0 && !fault; --left) {
    if (aborted_) {
      fault = Fault{ErrorCode::kAborted, address};
    } else if (!source.inside()) {
      fault = Fault{ErrorCode::kOutsideWindow, source.address()};
    } else if (!target.inside()) {
      fault = Fault{ErrorCode::kOutsideWindow, target.address()};
    } else {
      const Access read = access(tlm::TLM_READ_COMMAND, source.address(), row_.data(), d.row_bytes);
      wait_until(std::max(read.done, written));  // data are there, the other buffer is free
      if (!read.ok) {
        fault = Fault{ErrorCode::kReadFailed, source.address()};
        continue;
      }
      const Access write =
          access(tlm::TLM_WRITE_COMMAND, target.address(), row_.data(), d.row_bytes);
      written = write.done;
      if (!write.ok) {
        fault = Fault{ErrorCode::kWriteFailed, target.address()};
        continue;
      }
      bytes += d.row_bytes;
      moved_bytes_ += d.row_bytes;
      bytes_trace_.set(moved_bytes_, written);
      source.next();
      target.next();
    }
  }
  wait_until(written);
  return fault;
}

void DmaChannel::finish(const job::Descriptor& d) {
  engine_.regs.set<status::descriptor>(index_, std::min(descriptor_ + 1, 0xffffu));
  if (d.signal_count > 0) tokens_->signal(d.signal_token, d.signal_count);
  if (d.flags & kBlockFlag) {
    engine_.regs.set<irq_status::block>(index_, 1);
    engine_.irq_changed();
  }
}

void DmaChannel::end(const Outcome& outcome) {
  kit::RegisterFile& regs = engine_.regs;
  if (outcome) {
    regs.set<error_code::code>(index_, outcome->code);
    regs.set<error_address::address>(index_, static_cast<std::uint32_t>(outcome->address));
    regs.set<error_index::index>(index_, descriptor_);
    regs.set<irq_status::error>(index_, 1);
  } else {
    regs.set<irq_status::done>(index_, 1);
  }
  regs.set<status::busy>(index_, 0);
  state_trace_.set(outcome ? State::kError : State::kIdle);
  engine_.irq_changed();
}

DmaChannel::Access DmaChannel::access(tlm::tlm_command command, std::uint64_t address, void* data,
                                      std::size_t bytes) {
  tlm::tlm_generic_payload tx;
  tx.set_command(command);
  tx.set_address(address);
  tx.set_data_ptr(static_cast<unsigned char*>(data));
  tx.set_data_length(static_cast<unsigned>(bytes));
  tx.set_streaming_width(static_cast<unsigned>(bytes));
  tx.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  engine_.master->b_transport(tx, delay);
  return {tx.is_response_ok(), sc_core::sc_time_stamp() + delay};
}

void DmaChannel::wait_until(const sc_core::sc_time& at) {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  if (at > now) sc_core::wait(at - now);
}

}  // namespace cairn
