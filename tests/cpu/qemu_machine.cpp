#include "tests/cpu/qemu_machine.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

namespace cairn::test {
namespace {

/// RAM of the guest as a file without a name, which QEMU opens through /proc.
class SharedRam {
 public:
  explicit SharedRam(const Memory& image) : file_(memfd_create("cairn_guest_ram", 0)) {
    if (file_ < 0) throw std::runtime_error("memfd_create failed");
    for (std::size_t done = 0; done < image.size();) {
      const ssize_t wrote = write(file_, image.data() + done, image.size() - done);
      if (wrote <= 0) throw std::runtime_error("writing the guest's memory failed");
      done += static_cast<std::size_t>(wrote);
    }
  }
  ~SharedRam() { close(file_); }
  SharedRam(const SharedRam&) = delete;
  SharedRam& operator=(const SharedRam&) = delete;

  std::string path() const { return fmt::format("/proc/{}/fd/{}", getpid(), file_); }
  Memory read(std::size_t bytes) const {
    Memory out(bytes);
    for (std::size_t done = 0; done < bytes;) {
      const ssize_t got = pread(file_, out.data() + done, bytes - done, static_cast<off_t>(done));
      if (got <= 0) throw std::runtime_error("reading the guest's memory failed");
      done += static_cast<std::size_t>(got);
    }
    return out;
  }

 private:
  int file_;
};

}  // namespace

Memory run_on_qemu(const Memory& image) {
  const SharedRam ram(image);
  // The bit-manipulation extensions are on by default; H is refused without supervisor mode.
  const std::string command = fmt::format(
      "timeout 60 qemu-system-riscv32 -M virt,memory-backend=ram -object "
      "memory-backend-file,id=ram,size={0},mem-path={1},share=on -m {2}M -bios none -display none "
      "-serial none -monitor none -cpu rv32,f=false,d=false,s=false,h=false,zba=false,zbb=false,"
      "zbc=false,zbs=false < /dev/null",
      image.size(), ram.path(), image.size() >> 20);
  const int status = std::system(command.c_str());
  if (status != 0)
    throw std::runtime_error(fmt::format(
        "qemu-system-riscv32 is missing, or the programs did not end there (status {:#x})",
        status));
  return ram.read(image.size());
}

}  // namespace cairn::test
