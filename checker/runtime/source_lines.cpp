#include "checker/runtime/source_lines.hpp"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
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

/// What was found in this process. Code stays where it is, so that one check need not look up what another one has.
std::map<const void*, SourceLine>& looked_up() {
  static std::map<const void*, SourceLine> lines;
  return lines;
}

/// The innermost of the lines in which the code right before `address` stands that is the harness's own.
SourceLine look_up_in(DebugInformation& object, std::uintptr_t address) {
  for (const auto& [function, place] : object.frames(address))
    if (SourceLine line = parse_place(place, function); line.line != 0 && !is_library(line.file)) return line;
  return {};
}

}  // namespace

const SourceLine& SourceLines::line_of(const void* caller) {
  const auto [entry, added] = looked_up().try_emplace(caller);
  if (!added) return entry->second;
  Dl_info info{};
  link_map* map = nullptr;
  if (dladdr1(caller, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0 || is_library_object(map->l_name))
    return entry->second;
  std::unique_ptr<DebugInformation>& object = objects_[map->l_addr];
  if (object == nullptr)
    object = std::make_unique<DebugInformation>(map->l_name[0] != '\0' ? map->l_name
                                                                       : "/proc/" + std::to_string(getpid()) + "/exe");
  // The call itself stands before its return address.
  return entry->second = look_up_in(*object, reinterpret_cast<std::uintptr_t>(caller) - map->l_addr - 1);
}

SourceLine SourceLines::line(const core::Site& site) {
  SourceLine said = site.location.line() == 0
                        ? SourceLine{}
                        : SourceLine{site.location.file_name(), site.location.line(), site.location.function_name()};
  if (site.caller == nullptr || (said.line != 0 && !is_library(said.file))) return said;
  const SourceLine& found = line_of(site.caller);
  return found.line == 0 ? said : found;
}

core::Site SourceLines::in_harness(const core::Site& site, std::span<const void* const> call_chain) {
  if (is_told(site) || (site.caller != nullptr && line_of(site.caller).line != 0)) return site;
  for (const void* caller : call_chain)
    if (line_of(caller).line != 0) return {{}, caller};
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
