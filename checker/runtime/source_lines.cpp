#include "checker/runtime/source_lines.hpp"

#include <dlfcn.h>
#include <link.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

#include "checker/core/version.hpp"
#include "checker/runtime/check.hpp"

namespace heddle::runtime {

namespace {

/// Frames of our own and of the system's headers stand between the harness and the call that was recorded.
bool is_library(const std::string& given) {
  std::error_code error;
  const std::string file = (std::filesystem::current_path(error) / given).lexically_normal();
  static const std::string here = __FILE__;
  static const std::string root =
      here.substr(0, here.size() - std::string_view("checker/runtime/source_lines.cpp").size());
  static const std::string installed = "/include/heddle-" + std::string(version_text) + "/";
  return file.starts_with("/usr/") || file.starts_with(root + "checker/") || file.starts_with(root + "models/") ||
         file.find(installed) != std::string::npos;
}

/// Whether the compiler has told the place already, in the harness's own code.
bool is_told(const core::Site& site) { return site.location.line() != 0 && !is_library(site.location.file_name()); }

/// Whether a shared object is the system's, or ours: the harness is not in it.
bool is_library_object(const std::string& path) {
  for (const char* system : {"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"})
    if (path.starts_with(system)) return true;
  return path.find("/libheddle.so") != std::string::npos;
}

/// One shared object or program, as addr2line wants it.
struct Object {
  std::string path;
  std::vector<const void*> addresses;
};

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string output_of(const std::string& command) {
  std::string output;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  char buffer[4096];
  while (pipe != nullptr) {
    const std::size_t got = fread(buffer, 1, sizeof buffer, pipe.get());
    if (got == 0) break;
    output.append(buffer, got);
  }
  return output;
}

/// Debug information has absolute paths. Where the harness was compiled by a relative one, as its tests know, they are
/// shown like that too.
std::string as_compiled(const std::string& file) {
  const std::vector<TestCase>& tests = registered_tests();
  if (tests.empty() || tests.front().file[0] == '/') return file;
  std::error_code error;
  const std::string here = std::filesystem::current_path(error).string() + "/";
  return !error && file.starts_with(here) ? file.substr(here.size()) : file;
}

/// "file:line" or "file:line (discriminator 2)"; "??:0" where addr2line does not know.
SourceLine parse_place(const std::string& place, const std::string& function) {
  const std::size_t end = place.find(" (");
  const std::string text = place.substr(0, end);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || text.starts_with("??")) return {};
  return {as_compiled(text.substr(0, colon)),
          static_cast<unsigned>(std::strtoul(text.c_str() + colon + 1, nullptr, 10)), function};
}

}  // namespace

void SourceLines::look_up(std::span<const core::Site> sites) {
  std::map<std::uintptr_t, Object> objects;  // by load address
  for (const core::Site& site : sites) {
    if (site.caller == nullptr || is_told(site) || looked_up_.contains(site.caller)) continue;
    Dl_info info{};
    link_map* map = nullptr;
    looked_up_[site.caller] = {};
    if (dladdr1(site.caller, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0) continue;
    if (is_library_object(map->l_name)) continue;
    Object& object = objects[map->l_addr];
    object.path = map->l_name[0] != '\0' ? map->l_name : "/proc/" + std::to_string(getpid()) + "/exe";
    object.addresses.push_back(site.caller);
  }
  for (const auto& [base, object] : objects) {
    std::ostringstream command;
    command << "addr2line -a -i -f -C -e " << shell_quoted(object.path) << std::hex;
    // The call itself stands before its return address.
    for (const void* address : object.addresses)
      command << " 0x" << reinterpret_cast<std::uintptr_t>(address) - base - 1;
    command << " 2>/dev/null";
    std::istringstream lines(output_of(command.str()));
    std::string line;
    std::string function;
    std::size_t at = 0;
    bool address_line = false;
    for (bool expects_place = false; std::getline(lines, line);) {
      address_line = line.starts_with("0x");
      if (address_line) {
        ++at;
        expects_place = false;
      } else if (!expects_place) {
        function = line;
        expects_place = true;
      } else {
        expects_place = false;
        if (at == 0 || at > object.addresses.size()) continue;
        SourceLine& found = looked_up_[object.addresses[at - 1]];
        const SourceLine place = parse_place(line, function);
        if (found.line == 0 && place.line != 0 && !is_library(place.file)) found = place;
      }
    }
  }
}

SourceLine SourceLines::line(const core::Site& site) {
  SourceLine said = site.location.line() == 0
                        ? SourceLine{}
                        : SourceLine{site.location.file_name(), site.location.line(), site.location.function_name()};
  if (site.caller == nullptr || (said.line != 0 && !is_library(said.file))) return said;
  look_up({&site, 1});
  const SourceLine& found = looked_up_[site.caller];
  return found.line == 0 ? said : found;
}

core::Site SourceLines::in_harness(const core::Site& site, std::span<const void* const> call_chain) {
  if (is_told(site)) return site;
  const SourceLine known = line(site);
  if (known.line != 0 && !is_library(known.file)) return site;
  std::vector<core::Site> callers;
  for (const void* caller : call_chain) callers.push_back({.caller = caller});
  look_up(callers);
  for (const core::Site& caller : callers)
    if (looked_up_[caller.caller].line != 0) return caller;
  return site;
}

const std::vector<std::string>& SourceLines::lines_of(const std::string& file) {
  auto [entry, added] = files_.try_emplace(file);
  if (added) {
    std::ifstream stream(file);
    for (std::string text; entry->second.size() < 100'000 && std::getline(stream, text);) entry->second.push_back(text);
  }
  return entry->second;
}

}  // namespace heddle::runtime
