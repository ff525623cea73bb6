# Sourced by ./heddle: installs what is missing, configures and builds. Quiet, unless something fails.

packages_for_check=(libboost-context-dev libboost-dev libfmt-dev libxxhash-dev nlohmann-json3-dev)
packages_for_tests=("${packages_for_check[@]}" catch2)

# One line on a terminal that each next one replaces; an empty one takes it away.
show_progress() {
  [[ -t 2 ]] && printf '\r\033[K%s' "${1:+heddle: $1}" >&2
}

# quietly WHAT COMMAND...: shows what the command prints only where it fails, and then ends.
quietly() {
  local log=$build/set_up.log
  show_progress "$1 ..."
  "${@:2}" >"$log" 2>&1 && return
  show_progress ''
  cat "$log" >&2
  die "$1 failed"
}

# Prints what is not installed of the packages given, and of the tools. Away from Debian, CMake tells what is missing.
missing_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return
  [[ ${CXX-} ]] || command -v g++ >/dev/null || echo g++
  command -v cmake >/dev/null || echo cmake
  command -v ninja >/dev/null || command -v make >/dev/null || echo make
  local installed
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
  for package; do
    [[ $'\n'$installed$'\n' == *$'\n'"$package installed"$'\n'* ]] || echo "$package"
  done
}

install_packages() {
  local missing as_root=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null ||
      die "some packages are missing. Install them with: sudo apt-get update && sudo apt-get install ${missing[*]}"
    as_root=(sudo -n)
  fi
  quietly "installing ${missing[*]}" apt_install "${missing[@]}"
}

# The lists may be missing or old; so they are fetched where the first try fails.
apt_install() {
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
  local install=("${apt[@]}" install -y --no-install-recommends "$@")
  "${install[@]}" || { "${apt[@]}" update && "${install[@]}"; }
}

# configure ON|OFF: with or without the tests. A build folder that was copied from elsewhere is begun afresh.
configure() {
  local cache=$build/CMakeCache.txt generator='Unix Makefiles'
  command -v ninja >/dev/null && generator=Ninja
  if [[ ! -e $build/build.ninja && ! -e $build/Makefile ]] ||
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    quietly configuring cmake --fresh -S "$root" -B "$build" -G "$generator" -DCMAKE_BUILD_TYPE=Release -DHEDDLE_TESTS="$1"
  elif [[ $1 == ON ]] && ! grep -qx 'HEDDLE_TESTS:BOOL=ON' "$cache"; then
    quietly configuring cmake "$build" -DHEDDLE_TESTS=ON
  fi
}

# Builds the targets. Of what the build tool prints, only the count of steps is shown.
compile() {
  local line log=$build/set_up.log
  cmake --build "$build" -j "$(nproc)" --target "$@" 2>&1 | while IFS= read -r line; do
    printf '%s\n' "$line"
    [[ $line =~ ^\[([^]]+)\] ]] && show_progress "building ${BASH_REMATCH[1]}"
  done >"$log"
  ((PIPESTATUS[0] == 0)) && return
  show_progress ''
  grep -v '^\[' "$log" >&2  # what failed, without the steps that did not
  die 'Heddle does not build'
}

nothing_changed_since() {
  [[ -e $1 && -z $(find "$root"/{checker,models,CMakeLists.txt} -newer "$1" -print -quit) ]]
}

# Makes the library, unless nothing has changed since the last time.
set_up_library() {
  local stamp=$build/library.stamp
  nothing_changed_since "$stamp" && return
  mkdir -p "$build" || die "cannot write to $build"
  {
    flock 9
    touch "$stamp.new"  # as old as the build is, or what is edited meanwhile would count as built
    install_packages "${packages_for_check[@]}"
    configure OFF
    compile heddle heddle_main heddle_options
    mv "$stamp.new" "$stamp"
  } 9>"$build/set_up.lock"
  show_progress ''
}

# set_up_tests TARGET...: makes these, tests and benchmarks included.
set_up_tests() {
  mkdir -p "$build" || die "cannot write to $build"
  {
    flock 9
    install_packages "${packages_for_tests[@]}"
    configure ON
    compile "$@"
  } 9>"$build/set_up.lock"
  show_progress ''
}
