#include "platform/gdb/connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "models/kit/input_error.hpp"
#include "platform/gdb/packet.hpp"

namespace cairn::platform::gdb {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// A debugger that leaves this much unread is not one.
constexpr std::size_t kMostUnsent = 1 << 20;
/// No debugger sends this much ahead of our answers.
constexpr std::size_t kMostReceived = 1 << 20;
constexpr std::size_t kMostRefused = 8;

tcp::acceptor listen(boost::asio::io_context& context, std::uint16_t port) {
  tcp::acceptor acceptor(context);
  const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error)
    throw InputError(
        fmt::format("--gdb {}: cannot listen on 127.0.0.1:{}: {}.", port, port, error.message()));
  return acceptor;
}

}  // namespace

struct Connection::Sockets {
  boost::asio::io_context context;
  tcp::acceptor acceptor;
  std::optional<tcp::socket> client;
  unsigned clients = 0;
  std::string received, unsent;
  std::deque<tcp::socket> refused;

  explicit Sockets(std::uint16_t port) : acceptor(listen(context, port)) {}

  void accept() {
    for (;;) {
      error_code error;
      tcp::socket socket(context);
      acceptor.accept(socket, error);
      if (error) return;
      socket.non_blocking(true, error);
      if (client) receive();  // it may be gone
      if (client) {
        refuse(std::move(socket));
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      client.emplace(std::move(socket));
      ++clients;
      received.clear();
      unsent.clear();
    }
  }

  /// A socket that is closed before its peer's words are read may lose ours: it stays for a while.
  void refuse(tcp::socket socket) {
    error_code error;
    boost::asio::write(socket, boost::asio::buffer("+" + packet("E.another debugger is attached")),
                       error);
    if (!error) socket.shutdown(tcp::socket::shutdown_send, error);
    if (error) return;
    refused.push_back(std::move(socket));
    if (refused.size() > kMostRefused) refused.pop_front();
  }

  void forget_refused() {
    std::array<char, 4096> bytes{};
    std::erase_if(refused, [&](tcp::socket& socket) {
      error_code error;
      while (!error)
        socket.read_some(boost::asio::buffer(bytes), error);
      return error != boost::asio::error::would_block;
    });
  }

  void receive() {
    std::array<char, 4096> bytes{};
    while (client && received.size() < kMostReceived) {
      error_code error;
      const std::size_t count = client->read_some(boost::asio::buffer(bytes), error);
      if (error == boost::asio::error::would_block) return;
      if (error) return client.reset();
      received.append(bytes.data(), count);
    }
  }

  void send() {
    while (client && !unsent.empty()) {
      error_code error;
      const std::size_t count = client->write_some(boost::asio::buffer(unsent), error);
      if (error == boost::asio::error::would_block) return;
      if (error) return client.reset();
      unsent.erase(0, count);
    }
  }
};

Connection::Connection(std::uint16_t port) : sockets_(std::make_unique<Sockets>(port)) {}
Connection::~Connection() = default;

std::uint16_t Connection::port() const {
  return sockets_->acceptor.local_endpoint().port();
}

void Connection::poll() {
  sockets_->receive();  // before others are let in: the client may be gone
  sockets_->accept();
  sockets_->receive();
  sockets_->send();
  sockets_->forget_refused();
}

void Connection::wait(std::chrono::milliseconds longest) {
  std::array<pollfd, 2> descriptors{};
  descriptors[0] = {.fd = sockets_->acceptor.native_handle(), .events = POLLIN, .revents = 0};
  if (sockets_->client)
    descriptors[1] = {
        .fd = sockets_->client->native_handle(),
        .events = static_cast<short>(POLLIN | (sockets_->unsent.empty() ? 0 : POLLOUT)),
        .revents = 0};
  else
    descriptors[1].fd = -1;
  // A failure, which can only be a signal, is looked at by the caller as the time-out is.
  (void)::poll(descriptors.data(), descriptors.size(), static_cast<int>(longest.count()));
  poll();
}

bool Connection::has_client() const {
  return sockets_->client.has_value();
}

unsigned Connection::clients() const {
  return sockets_->clients;
}

std::string Connection::take() {
  return std::exchange(sockets_->received, {});
}

void Connection::send(std::string_view bytes) {
  if (!sockets_->client) return;
  sockets_->unsent += bytes;
  sockets_->send();
  if (sockets_->unsent.size() > kMostUnsent) sockets_->client.reset();
}

void Connection::close() {
  if (!sockets_->client) return;
  sockets_->send();
  // Whoever closes a socket with bytes that it did not read may destroy what it just sent.
  error_code error;
  sockets_->client->shutdown(tcp::socket::shutdown_send, error);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  while (sockets_->client && std::chrono::steady_clock::now() < give_up) {
    pollfd readable{.fd = sockets_->client->native_handle(), .events = POLLIN, .revents = 0};
    (void)::poll(&readable, 1, 50);
    sockets_->received.clear();
    sockets_->receive();
  }
  sockets_->client.reset();
}

}  // namespace cairn::platform::gdb
