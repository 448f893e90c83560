#include "platform/console/tcp_console.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <string_view>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

TcpConsole::TcpConsole(std::uint16_t port, bool wait, const ConsoleContext& context)
    : ClientConsole(context.interrupted) {
  try {
    listen(port);
  } catch (const boost::system::system_error& error) {
    throw InputError(fmt::format("--uart tcp:{}: cannot listen on 127.0.0.1:{}: {}.", port, port,
                                 error.code().message()));
  }
  context.err << "uart: listening on 127.0.0.1:" << acceptor_.local_endpoint().port() << std::endl;
  if (wait) wait_for_client();
}

void TcpConsole::listen(std::uint16_t port) {
  const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
  acceptor_.open(here.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(here);
  acceptor_.listen();
  acceptor_.non_blocking(true);
}

void TcpConsole::wait_for_client() {
  constexpr int kInterruptMs = 50;
  while (!interrupted() && !look_for_client()) {
    pollfd one{.fd = acceptor_.native_handle(), .events = POLLIN, .revents = 0};
    (void)::poll(&one, 1, kInterruptMs);
  }
}

/// All that it sent is read, and it closed the connection.
bool TcpConsole::client_has_left() {
  char next = 0;
  const ssize_t left = ::recv(client_.native_handle(), &next, sizeof next, MSG_PEEK | MSG_DONTWAIT);
  return left == 0 || (left < 0 && errno != EAGAIN && errno != EINTR);
}

bool TcpConsole::look_for_client() {
  for (;;) {
    error_code error;
    tcp::socket next(io_);
    acceptor_.accept(next, error);
    if (error) return client_.is_open();                        // nobody more is waiting
    if (client_.is_open() && client_has_left()) drop_client();  // noticed here first
    if (client_.is_open()) {
      constexpr std::string_view kTaken = "cairn: another client has this serial port\r\n";
      asio::write(next, asio::buffer(kTaken), error);
      continue;
    }
    next.non_blocking(true, error);
    next.set_option(tcp::no_delay(true), error);
    client_ = std::move(next);
  }
}

ClientConsole::Moved TcpConsole::read_some(char* to, std::size_t bytes) {
  error_code error;
  const std::size_t count = client_.read_some(asio::buffer(to, bytes), error);
  return {.bytes = count, .gone = error && error != asio::error::would_block};
}

ClientConsole::Moved TcpConsole::write_some(const char* from, std::size_t bytes) {
  error_code error;
  const std::size_t count = client_.write_some(asio::buffer(from, bytes), error);
  return {.bytes = count, .gone = error && error != asio::error::would_block};
}

void TcpConsole::drop_client() {
  error_code error;
  client_.close(error);
}

int TcpConsole::stream() const {
  return client_.is_open() ? client_.native_handle() : acceptor_.native_handle();
}

}  // namespace cairn::platform
