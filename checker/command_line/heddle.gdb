# A replay in the debugger, stopped right before what goes wrong, and where it does. Loaded by
# `./heddle replay ... --gdb`.
set pagination off
set print inferior-events off
set print thread-events off
# Heddle's own: writes to globals are noticed by page faults, and a timer watches for threads that make no progress.
handle SIGSEGV SIGBUS SIGFPE SIGILL SIGABRT nostop noprint pass
handle SIGALRM nostop noprint pass
set breakpoint pending on

define heddle-threads
  call (void) ((int (*)()) heddle_print_threads)()
end
document heddle-threads
heddle-threads: the harness's threads, and the operation that each of them is at.
end

define heddle-thread
  set $heddle_context = (unsigned long) ((void* (*)(int)) heddle_thread_context)($arg0)
  if $heddle_context == 0
    printf "that thread has not begun, has ended, or is the one that runs now\n"
  else
    select-frame 0
    if !$heddle_saved_stack
      set $heddle_saved_stack = $rsp
      set $heddle_saved_frame = $rbp
      set $heddle_saved_place = $rip
    end
    set $rsp = $heddle_context + 0x40
    set $rbp = *(unsigned long*) ($heddle_context + 0x30)
    set $rip = *(unsigned long*) ($heddle_context + 0x38)
    backtrace
  end
end
document heddle-thread
heddle-thread N: looks at the stack of the harness's thread N (0 is the main one). heddle-back comes back from there.
end

define heddle-back
  if $heddle_saved_stack
    select-frame 0
    set $rsp = $heddle_saved_stack
    set $rbp = $heddle_saved_frame
    set $rip = $heddle_saved_place
    set $heddle_saved_stack = 0
  end
end
document heddle-back
heddle-back: back from heddle-thread. What runs the program on does that by itself.
end

define hook-continue
  heddle-back
end
define hook-step
  heddle-back
end
define hook-next
  heddle-back
end
define hook-finish
  heddle-back
end

set $heddle_saved_stack = 0
break heddle::runtime::before_fault
break heddle::runtime::at_fault
commands
  silent
  printf "\nHere the thread is stopped by the fault:\n"
  backtrace
end
run
printf "\nStopped right before what goes wrong. `continue' goes on to the fault; `heddle-threads' lists the\n"
printf "harness's threads, `heddle-thread N' shows the stack of one, `heddle-back' comes back from there.\n"
