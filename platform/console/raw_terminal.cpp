#include "platform/console/raw_terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>

namespace cairn::platform {

namespace {

// What a signal handler needs, so it cannot live in the object.
volatile std::sig_atomic_t terminal = -1;
termios cooked, raw;
constexpr std::array kFatal{SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,   SIGABRT, SIGSEGV, SIGBUS,
                            SIGFPE,  SIGILL,  SIGTRAP, SIGSYS,    SIGPIPE, SIGALRM, SIGUSR1,
                            SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF};
std::array<struct sigaction, kFatal.size()> before;
struct sigaction before_continue;

// A stack overflow leaves no stack for a handler. SIGSTKSZ is no constant any more.
alignas(16) std::array<std::byte, 16384> handler_stack;

/// The instruction that faulted runs again when the handler returns; a signal that somebody sent
/// does not come again by itself.
bool comes_again(int signal, const siginfo_t& info) {
  const bool may_be_fault =
      signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
  return may_be_fault && info.si_code > 0;
}

/// Puts the earlier action back and lets it have the signal.
void on_fatal(int signal, siginfo_t* info, void*) {
  for (std::size_t i = 0; i < kFatal.size(); ++i) {
    if (kFatal[i] != signal) continue;
    if (signal == SIGINT && before[i].sa_handler != SIG_DFL) {
      before[i].sa_handler(signal);  // asks the run to end; a second one ends the process
      before[i].sa_handler = SIG_DFL;
      return;
    }
    tcsetattr(terminal, TCSANOW, &cooked);
    sigaction(signal, &before[i], nullptr);
    if (!comes_again(signal, *info)) raise(signal);
  }
}

/// The shell that stopped us took the terminal for itself.
void on_continue(int) {
  if (tcgetpgrp(terminal) == getpgrp()) tcsetattr(terminal, TCSANOW, &raw);
}

}  // namespace

bool RawTerminal::can_take(int descriptor) {
  return isatty(descriptor) != 0 && tcgetpgrp(descriptor) == getpgrp();
}

RawTerminal::RawTerminal(int descriptor) {
  tcgetattr(descriptor, &cooked);
  raw = cooked;
  cfmakeraw(&raw);
  raw.c_oflag |= OPOST;
  terminal = descriptor;
  const stack_t stack{
      .ss_sp = handler_stack.data(), .ss_flags = 0, .ss_size = handler_stack.size()};
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_fatal;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  for (std::size_t i = 0; i < kFatal.size(); ++i) {
    sigaction(kFatal[i], &action, &before[i]);
    if (before[i].sa_handler == SIG_IGN) sigaction(kFatal[i], &before[i], nullptr);
  }
  action.sa_handler = on_continue;
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  sigaction(SIGCONT, &action, &before_continue);
  tcsetattr(descriptor, TCSADRAIN, &raw);
}

RawTerminal::~RawTerminal() {
  tcsetattr(terminal, TCSADRAIN, &cooked);
  for (std::size_t i = 0; i < kFatal.size(); ++i)
    sigaction(kFatal[i], &before[i], nullptr);
  sigaction(SIGCONT, &before_continue, nullptr);
  terminal = -1;
}

}  // namespace cairn::platform
