#include "checker/runtime/debug_information.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace heddle::runtime {

DebugInformation::DebugInformation(const std::string& path) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // A Ctrl-C is not for it: the report is still to come.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const char* const arguments[] = {"addr2line", "-a", "-i", "-f", "-C", "-e", path.c_str(), nullptr};
  questions_ = ends[0];
  if (posix_spawnp(&addr2line_, arguments[0], &files, &attributes, const_cast<char* const*>(arguments), environ) == 0)
    answers_ = fdopen(questions_, "r");
  else
    addr2line_ = -1;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  close(ends[1]);
}

DebugInformation::~DebugInformation() {
  shutdown(questions_, SHUT_RDWR);  // though a child of ours may have the socket, too
  if (answers_ != nullptr)
    std::fclose(answers_);
  else if (questions_ != -1)
    close(questions_);
  if (addr2line_ != -1) waitpid(addr2line_, nullptr, 0);
}

std::string DebugInformation::next_line() {
  std::string line;
  int character;
  while ((character = std::fgetc(answers_)) != EOF && character != '\n') line += static_cast<char>(character);
  return line;
}

std::vector<DebugInformation::Frame> DebugInformation::frames(std::uintptr_t address) {
  if (answers_ == nullptr) return {};
  // How many lines there are to an answer it does not say. That to the second question, where no code is, is known.
  char text[64];
  const int bytes = std::snprintf(text, sizeof text, "0x%zx\n0x0\n", address);
  if (send(questions_, text, static_cast<std::size_t>(bytes), MSG_NOSIGNAL) != bytes) return {};
  std::vector<Frame> frames;
  next_line();  // the address
  while (true) {
    std::string function = next_line();
    if (function.empty() || function == "0x0000000000000000") break;
    frames.push_back({std::move(function), next_line()});
  }
  next_line();
  next_line();
  return frames;
}

}  // namespace heddle::runtime
