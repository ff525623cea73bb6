#include "oracle/result_text.hpp"

namespace heddle::oracle {

bool keeps_result(const Action& action) {
  const auto kind = kind_of(action.act);
  return kind == &Objects::results || kind == &Objects::stops || action.act == Act::wait_stop;
}

std::vector<std::string> declaration_of_result(unsigned number) {
  const std::string n = std::to_string(number);
  const std::string function = "[&] { return x0.fetch_add(1); }";
  if (maker_of(number) == Maker::deferred)
    return {"const auto& u" + n + " = *new auto(heddle::async(heddle::launch::deferred, " + function + ").share());"};
  const std::string made = maker_of(number) == Maker::promise ? "std::in_place" : function;
  const std::string type = maker_of(number) == Maker::promise ? "promise<int>" : "packaged_task<int()>";
  return {"auto& y" + n + " = *new std::optional<heddle::" + type + ">(" + made + ");",
          "const auto& u" + n + " = *new auto(y" + n + "->get_future().share());"};
}

std::vector<std::string> own_of(const ProgramThread& thread, std::uint8_t number) {
  std::vector<std::string> code;
  const std::string n = std::to_string(number);
  bool looks = false;
  bool calls = false;
  for (const Action& a : thread.actions) {
    if (a.object != number) continue;
    looks = looks || (kind_of(a.act) == &Objects::results && !is_makers(a.act));
    calls = calls || a.act == Act::make_callback || a.act == Act::drop_callback;
  }
  if (looks) code.push_back("const auto v" + n + " = u" + n + ";");
  if (calls) code.push_back("auto& k" + n + " = *new std::optional<heddle::stop_callback<std::function<void()>>>;");
  return code;
}

std::string text_of_result(const Action& a) {
  const std::string n = std::to_string(a.object);
  const bool promise = maker_of(a.object) == Maker::promise;
  const std::string arrow = "y" + n + "->";
  const auto made = [&](const std::string& call) {
    return "if (y" + n + ") try { " + call + " r = 1; } catch (const std::future_error&) { r = 0; }";
  };
  switch (a.act) {
    case Act::make_result:
      return made(promise ? arrow + "set_value(" + std::to_string(a.value) + ");" : "(*y" + n + ")();");
    case Act::make_exception:
      return made(arrow + "set_exception(std::make_exception_ptr(1));");
    case Act::make_at_exit:
      return made(promise ? arrow + "set_value_at_thread_exit(" + std::to_string(a.value) + ");"
                          : arrow + "make_ready_at_thread_exit();");
    case Act::break_promise:
      return "y" + n + ".reset();";
    case Act::get_result:
      return "try { r = v" + n + ".get(); } catch (int) { r = " + std::to_string(exception_result) +
             "; } catch (const std::future_error&) { r = " + std::to_string(broken_result) + "; }";
    case Act::wait_result:
      return "v" + n + ".wait();";
    default:
      return "r = std::array{1, 0, 2}[static_cast<int>(v" + n + ".wait_for(std::chrono::seconds(" +
             std::to_string(limit_of(a)) + ")))];  // ready, timeout, deferred";
  }
}

std::string text_of_stop(const Action& a) {
  const std::string n = std::to_string(a.object);
  switch (a.act) {
    case Act::request_stop:
      return "r = e" + n + ".request_stop();";
    case Act::stop_requested:
      return "r = e" + n + ".stop_requested();";
    case Act::make_callback:
      return "if (!k" + n + ") k" + n + ".emplace(e" + n + ".get_token(), [&] {" +
             (a.value == 0 ? "" : " x" + std::to_string(a.other) + ".fetch_add(1); ") + "});";
    default:
      return "k" + n + ".reset();";
  }
}

}  // namespace heddle::oracle
