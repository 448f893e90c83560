#include "platform/gdb/server.hpp"

#include <fmt/format.h>

#include <utility>

namespace cairn::platform::gdb {
namespace {

using namespace std::chrono_literals;

constexpr auto kPollEvery = 1ms;     ///< while the target runs
constexpr auto kLongestWait = 50ms;  ///< between two looks at what ends the simulation

}  // namespace

Server::Server(Target& target, const Options& options, Session::Monitor monitor, std::ostream& log)
    : target_(target), monitor_(std::move(monitor)), log_(log), connection_(options.port) {
  log_ << fmt::format("gdb: listening on 127.0.0.1:{}\n", connection_.port()) << std::flush;
  if (options.wait) {
    stays_held_ = true;
    target_.hold();
  }
}

bool Server::attend(const std::function<bool()>& must_end) {
  if (!target_.is_held()) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_poll_) return true;
    next_poll_ = now + kPollEvery;
  }
  connection_.poll();
  receive();
  while (target_.is_held()) {
    if (awaits_stop_) {
      report_stop();
    } else if (!messages_.empty()) {
      take_message();
    } else if (was_killed_ || must_end()) {
      return false;
    } else {
      if (!connection_.has_client()) lose_client();
      if (!session_ && !stays_held_) target_.release(false);
      if (target_.is_held()) connection_.wait(kLongestWait);
      receive();
    }
  }
  // What has come since is answered, in its turn, when the target is held for it.
  if (!messages_.empty()) target_.hold();
  return true;
}

void Server::receive() {
  if (connection_.clients() != client_) lose_client();
  client_ = connection_.clients();
  for (const char byte : connection_.take()) {
    const std::optional<Message> message = reader_.feed(byte);
    if (!message) continue;
    if (message->kind == Incoming::kPacket && !session_) session_.emplace(target_, monitor_);
    if (session_)
      messages_.push_back(*message);
    else if (message->kind == Incoming::kDamaged)
      connection_.send("-");
  }
  if (!connection_.has_client() && !target_.is_held()) lose_client();
}

void Server::lose_client() {
  reader_ = {};
  messages_.clear();
  awaits_stop_ = false;
  if (!session_) return;
  session_.reset();
  target_.clear_points();
  if (!was_answered_) return;
  was_answered_ = false;
  stays_held_ = target_.is_held();
  if (stays_held_)
    log_ << "gdb: the debugger is gone; cpu0 stays halted until one attaches and lets it go\n"
         << std::flush;
}

void Server::report_stop() {
  const std::optional<std::string> reply = session_->stop_reply();
  if (!reply) return;
  awaits_stop_ = false;
  send(*reply);
}

void Server::take_message() {
  const Message message = std::move(messages_.front());
  messages_.pop_front();
  switch (message.kind) {
    case Incoming::kInterrupt:
      return;  // it is held
    case Incoming::kDamaged:
      if (session_->sends_acks()) connection_.send("-");
      return;
    case Incoming::kResend:
      if (session_->sends_acks()) connection_.send(last_sent_);
      return;
    case Incoming::kPacket:
      if (session_->sends_acks()) connection_.send("+");
      was_answered_ = connection_.has_client();
      return execute(session_->answer(message.data));
  }
}

void Server::execute(const Answer& answer) {
  if (answer.text) send(*answer.text);
  switch (answer.request) {
    case Request::kNothing:
      return;
    case Request::kResume:
      awaits_stop_ = true;
      stays_held_ = false;
      return;
    case Request::kDetach:
      connection_.close();
      target_.release(false);
      lose_client();
      return;
    case Request::kKill:
      messages_.clear();
      was_killed_ = true;
      return;
  }
}

void Server::send(std::string_view data) {
  last_sent_ = packet(data);
  connection_.send(last_sent_);
}

void Server::held_at_end(Signal signal, std::string_view why) {
  session_->set_signal(signal);
  if (awaits_stop_) send("O" + to_hex(fmt::format("cairn: {}\n", why)));
}

void Server::ended(unsigned status) {
  if (session_ && awaits_stop_ && !was_killed_) send(fmt::format("W{:02x}", status));
  connection_.close();
}

}  // namespace cairn::platform::gdb
