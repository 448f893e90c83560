// The translator for x86-64 hosts: an arena of code, filled from the front and emptied at once.
#include <asmjit/x86.h>

#include <cstring>
#include <stdexcept>

#include "models/cpu/hart_translator.hpp"
#include "models/cpu/hart_x86_emitter.hpp"

namespace cairn::hart {
namespace {

namespace host = asmjit::x86;

/// All code lies in one piece, so that every jump between blocks has 32 bits.
class Arena {
 public:
  static constexpr std::size_t kBytes = 32u << 20;

  Arena() {
    void* memory = nullptr;
    if (asmjit::VirtMem::alloc(&memory, kBytes, asmjit::VirtMem::MemoryFlags::kAccessRWX) ==
        asmjit::kErrorOk)
      base_ = static_cast<std::uint8_t*>(memory);
  }
  ~Arena() {
    if (base_ != nullptr) static_cast<void>(asmjit::VirtMem::release(base_, kBytes));
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  bool exists() const { return base_ != nullptr; }
  std::uint64_t end() const { return reinterpret_cast<std::uint64_t>(base_ + used_); }
  std::size_t used() const { return used_; }
  void cut(std::size_t used) { used_ = used; }

  /// Places what was assembled for end(); false: no room.
  bool place(asmjit::CodeHolder& code) {
    if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk ||
        code.codeSize() + kAlignment > kBytes - used_ ||
        code.relocateToBase(end()) != asmjit::kErrorOk)
      return false;
    if (code.copyFlattenedData(base_ + used_, kBytes - used_) != asmjit::kErrorOk) return false;
    used_ += (code.codeSize() + kAlignment - 1) / kAlignment * kAlignment;
    return true;
  }

 private:
  static constexpr std::size_t kAlignment = 16;

  std::uint8_t* base_ = nullptr;
  std::size_t used_ = 0;
};

/// An instruction that cannot be encoded is our mistake.
class Refusal : public asmjit::ErrorHandler {
  void handleError(asmjit::Error /*error*/, const char* message,
                   asmjit::BaseEmitter* /*emitter*/) override {
    throw std::logic_error(message);
  }
};

class X86Translator final : public Translator {
 public:
  explicit X86Translator(const TranslatorContext& context) : frame_(context) {}

  bool start() {
    if (!arena_.exists()) return false;
    asmjit::CodeHolder code;
    if (code.init(asmjit::Environment::host(), arena_.end()) != asmjit::kErrorOk) return false;
    code.setErrorHandler(&refusal_);
    host::Assembler a(&code);
    x86::emit_shared_code(a, frame_, shared_, arena_.end());
    if (!arena_.place(code)) return false;
    shared_bytes_ = arena_.used();
    return true;
  }

  bool translate(Block& block, const BlockCache& cache) override {
    asmjit::CodeHolder code;
    if (code.init(asmjit::Environment::host(), arena_.end()) != asmjit::kErrorOk) return false;
    code.setErrorHandler(&refusal_);
    host::Assembler a(&code);
    x86::Emitter(a, frame_, shared_, block, cache).emit();
    const std::uint64_t place = arena_.end();
    if (!arena_.place(code)) return false;
    block.host_code = reinterpret_cast<const void*>(place);
    return true;
  }

  void run(const Block& block, BlockCache& cache) override {
    BlockRun& run = *frame_.context().run;
    const void* code = block.host_code;
    for (;;) {
      const x86::ExitRecord record = shared_.enter(frame_.context().x, code, cache.data().host);
      const auto exit = static_cast<x86::Exit>(record.code & 0xff);
      switch (exit) {
        case x86::Exit::kDone:
          return;
        case x86::Exit::kBudget:
          run.leave = Leave::kBudget;
          return;
        case x86::Exit::kInstruction:
          frame_.context().exits->leave_before(*static_cast<const Block*>(record.operand),
                                               record.code >> 8 & 0xff, run);
          run.leave = Leave::kInstruction;
          return;
        case x86::Exit::kIndirect:
        case x86::Exit::kLink: {
          const Block* const next = cache.find(run.pc);
          if (next == nullptr || next->host_code == way_back()) {
            run.leave = Leave::kUnknown;
            return;
          }
          code = next->host_code;
          if (exit == x86::Exit::kLink) link(static_cast<std::uint8_t*>(record.operand), code);
          break;
        }
      }
    }
  }

  void clear() override { arena_.cut(shared_bytes_); }
  const void* way_back() const override { return reinterpret_cast<const void*>(shared_.way_back); }

 private:
  /// Redirects a five-byte jump: opcode, 32-bit distance from its end.
  static void link(std::uint8_t* site, const void* target) {
    const auto distance =
        static_cast<std::int32_t>(static_cast<const std::uint8_t*>(target) - (site + 5));
    std::memcpy(site + 1, &distance, sizeof distance);
  }

  x86::Frame frame_;
  Refusal refusal_;
  Arena arena_;
  x86::SharedCode shared_;
  std::size_t shared_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Translator> Translator::create(const TranslatorContext& context) {
  auto translator = std::make_unique<X86Translator>(context);
  if (!translator->start()) return nullptr;
  return translator;
}

}  // namespace cairn::hart
