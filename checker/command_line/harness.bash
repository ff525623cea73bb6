# Sourced by ./heddle: builds a harness, unless it stands in the cache as it would be built.
#
# $build/harness/NAME-KEY/ holds one harness. The key is made of what is asked for: files, folder, compiler and arguments.
#   program        the harness itself
#   id             what identifies it in schedules: the contents of its own sources and headers, and the flags
#   dependencies   every file it was made from, system headers and libheddle included, one a line
#   state          sizes and times of those when it was made; the harness stands as long as they are the same

shopt -s extglob

state_of() { stat -L -c '%n %s %.9Y' -- "$@" 2>&1; }

# build_harness FILE...: sets `harness`, the folder, and exports what the harness tells its user.
build_harness() {
  local file files=("$@") compiler key
  for file in "${files[@]}"; do
    [[ -d $file ]] && die "'$file' is a folder; a harness is made of source files"
    [[ -r $file ]] || die "there is no file '$file'"
  done
  read -ra compiler <<<"${CXX:-g++}"
  key=$(printf '%s\0' "$PWD" "${compiler[@]}" -- "${files[@]}" -- "${compiler_arguments[@]}" | sha256sum)
  file=${files[0]##*/}
  harness=$build/harness/${file%.*}-${key:0:8}
  export HEDDLE_COMMAND=$0 HEDDLE_SCHEDULES=$harness
  is_built && return
  mkdir -p "$harness" || die "cannot write to $harness"
  {
    flock 9
    is_built || make_harness
  } 9>"$harness/lock"
  show_progress ''
}

is_built() {
  local dependencies
  [[ -e $harness/state ]] || return 1
  mapfile -t dependencies <"$harness/dependencies"
  [[ $(state_of "${dependencies[@]}") == "$(<"$harness/state")" ]]
}

make_harness() {
  # What must come before the standard library's headers is read first (models/sync/shared_count.hpp).
  local include=(-I"$root" -I"$root/models" -include "$root/models/sync/shared_count.hpp")
  local flags=(-std=c++20 -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls)
  local argument i objects=() begin=$harness/begin cores
  cores=$(nproc)
  # As for everybody who links heddle (CMakeLists.txt).
  if [[ $("${compiler[@]}" --version) == *clang* ]]; then
    flags+=(-fdebug-default-version=4)
  else
    flags+=(-fno-crossjumping)
  fi
  [[ -t 2 ]] && include+=(-fdiagnostics-color=always)
  for argument in "${compiler_arguments[@]}"; do
    [[ $argument == *.@(o|a|so) || $argument == -@(l|L|Wl,)* ]] || flags+=("$argument")  # those are for linking
  done

  rm -f "$harness"/*.@(o|log|state)
  touch "$begin"
  for i in "${!files[@]}"; do
    objects+=("$harness/$i.o")
    show_progress "building ${files[i]} ..."
    ((i >= cores)) && wait -n
    "${compiler[@]}" "${include[@]}" "${flags[@]}" -MD -MF "$harness/$i.d" -MT x \
      -c -o "$harness/$i.o" -x c++ "${files[i]}" >"$harness/$i.log" 2>&1 &
  done
  wait
  show_progress ''
  cat "$harness"/*.log >&2
  for i in "${!files[@]}"; do
    [[ -e $harness/$i.o ]] || die "the harness does not build: ${files[i]}"
    [[ $(nm --defined-only "$harness/$i.o" 2>/dev/null) == *' T main'* ]] &&
      die "${files[i]} has a main() of its own: a harness has Heddle's. Put what it does into a HEDDLE_TEST(\"...\") { ... }"
  done
  "${compiler[@]}" "${objects[@]}" -o "$harness/program.new" "${compiler_arguments[@]}" \
    "$build/lib/libheddle_main.a" "$build/lib/libheddle.so" -Wl,-rpath,"$build/lib" -Wl,-z,now >&2 ||
    die "the harness does not build: linking failed"
  mv "$harness/program.new" "$harness/program"
  rm -f "${objects[@]}"
  note_dependencies
}

# After the build: what it was made from. What was edited meanwhile may not be in it, so then nothing is noted.
note_dependencies() {
  local dependency dependencies i own=() read_by_compiler
  dependencies=("$(type -P "${compiler[0]}")" "$build/lib/libheddle_main.a" "$build/lib/libheddle.so")
  for i in "${!files[@]}"; do
    read -a read_by_compiler <"$harness/$i.d"  # read joins lines and takes backslashes away, as make would
    dependencies+=("${read_by_compiler[@]:1}")
  done
  for dependency in "${dependencies[@]}"; do
    [[ $dependency == @(/usr/*|"$root"/@(checker|models)/*|"$build"/*) ]] || own+=("$dependency")
    [[ $dependency -nt $begin ]] && begin=
  done
  printf '%s\n' "${dependencies[@]}" >"$harness/dependencies"
  # -I is left out: what is found there counts, not the way it was written from this folder.
  { printf '%s\0' "${compiler[@]}" "${flags[@]/#-I*/}" && cat -- "${own[@]}"; } | sha256sum | head -c 16 >"$harness/id"
  [[ $begin ]] && state_of "${dependencies[@]}" >"$harness/state"
}
