// main() of a harness. All it does is in libheddle, so that a harness links in no time and its own data stays its own.
#include "checker/command_line/command_line.hpp"

int main(int argc, char** argv) { return heddle::command_line::run(argc, argv); }
