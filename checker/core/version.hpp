// The version of Heddle, in one place. CMakeLists.txt reads it from here.
#pragma once

namespace heddle {

inline constexpr const char* version_text = "0.1.0";

}  // namespace heddle
