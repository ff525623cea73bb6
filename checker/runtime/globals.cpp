#include "checker/runtime/globals.hpp"

#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "checker/core/contract.hpp"
#include "checker/core/error.hpp"
#include "checker/runtime/address_space.hpp"

namespace heddle::runtime {

namespace {

char* page_down(std::uintptr_t address) { return reinterpret_cast<char*>(address & ~(UserGlobals::page_bytes - 1)); }
char* page_up(std::uintptr_t address) { return page_down(address + UserGlobals::page_bytes - 1); }

bool belongs_to_user(const dl_phdr_info& object) {
  const std::string_view name = object.dlpi_name;
  if (name.empty())
    return object.dlpi_addr != 0 || object.dlpi_phnum > 4;  // the program itself; the vdso has no name too
  for (const char* system : {"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "linux-vdso"})
    if (name.starts_with(system)) return false;
  return name.find("libheddle") == std::string_view::npos;
}

char* map(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw Error("out of memory for the snapshot of the harness's globals");
  return static_cast<char*>(memory);
}

}  // namespace

UserGlobals::UserGlobals() {
  pages_ = reinterpret_cast<Page*>(map(max_pages * sizeof(Page)));
  store_ = map(max_pages * page_bytes);
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* self) {
        auto& globals = *static_cast<UserGlobals*>(self);
        if (!belongs_to_user(*object)) return 0;
        std::uintptr_t read_only_end = 0;
        for (int i = 0; i < object->dlpi_phnum; ++i)
          if (object->dlpi_phdr[i].p_type == PT_GNU_RELRO)
            read_only_end = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr + object->dlpi_phdr[i].p_memsz;
        for (int i = 0; i < object->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = object->dlpi_phdr[i];
          const std::uintptr_t start = object->dlpi_addr + header.p_vaddr;
          if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0)
            globals.ranges_.push_back({page_down(std::max(start, read_only_end)), page_up(start + header.p_memsz)});
          if (header.p_type == PT_TLS && object->dlpi_tls_data != nullptr && globals.thread_local_block_ == nullptr) {
            globals.thread_local_block_ = static_cast<char*>(object->dlpi_tls_data);
            globals.thread_local_bytes_ = header.p_memsz;
          }
        }
        return 0;
      },
      this);
  thread_local_image_.assign(thread_local_block_, thread_local_block_ + thread_local_bytes_);
}

UserGlobals::~UserGlobals() {
  for (const Range& range : ranges_)
    mprotect(range.begin, static_cast<std::size_t>(range.end - range.begin), PROT_READ | PROT_WRITE);
  munmap(pages_, max_pages * sizeof(Page));
  munmap(store_, max_pages * page_bytes);
}

void UserGlobals::protect(std::size_t static_heap_bytes) {
  char* const heap = AddressSpace::instance().heap(AddressSpace::static_slot);
  if (static_heap_bytes != 0)
    ranges_.push_back({heap, page_up(reinterpret_cast<std::uintptr_t>(heap) + static_heap_bytes)});
  for (const Range& range : ranges_)
    mprotect(range.begin, static_cast<std::size_t>(range.end - range.begin), PROT_READ);
}

bool UserGlobals::holds(const void* address) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const Range& range) { return address >= range.begin && address < range.end; });
}

bool UserGlobals::notice_write(void* address) {
  if (!holds(address)) return false;
  char* const page = page_down(reinterpret_cast<std::uintptr_t>(address));
  for (std::size_t i = 0; i < written_; ++i)
    if (pages_[i].address == page) return false;  // already writable: this fault is another's
  if (written_ == max_pages) return false;
  char* const first = store_ + written_ * page_bytes;
  std::memcpy(first, page, page_bytes);
  pages_[written_++] = {page, first};
  return mprotect(page, page_bytes, PROT_READ | PROT_WRITE) == 0;
}

void UserGlobals::reset() {
  for (std::size_t i = 0; i < written_; ++i) std::memcpy(pages_[i].address, pages_[i].first, page_bytes);
}

}  // namespace heddle::runtime
