// The serial port for a client on a TCP port of this host.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "platform/console/client_console.hpp"

namespace cairn::platform {

/// Plain bytes, no telnet protocol. A second client is told so and sent away.
class TcpConsole : public ClientConsole {
 public:
  /// Listens on 127.0.0.1 and prints the port, the system's choice if it is 0; `wait`: until the
  /// first client is there. Throws InputError if the port is taken.
  TcpConsole(std::uint16_t port, bool wait, const ConsoleContext& context);

 protected:
  bool look_for_client() override;
  bool client_has_left();
  Moved read_some(char* to, std::size_t bytes) override;
  Moved write_some(const char* from, std::size_t bytes) override;
  void drop_client() override;
  int stream() const override;

 private:
  void listen(std::uint16_t port);
  void wait_for_client();

  boost::asio::io_context io_;
  mutable boost::asio::ip::tcp::acceptor acceptor_{io_};  // Asio's native_handle() is not const
  mutable boost::asio::ip::tcp::socket client_{io_};
};

}  // namespace cairn::platform
