// Whether somebody has asked the running check to end (heddle::request_stop).
#pragma once

namespace heddle::verdict {

bool stop_requested();
void forget_stop_request();

}  // namespace heddle::verdict
