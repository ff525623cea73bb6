# A replay in the debugger, stopped right before what goes wrong. Loaded by `./heddle replay ... --gdb`.
set pagination off
# Heddle's own: writes to globals are noticed by page faults, and a timer watches for threads that make no progress.
handle SIGSEGV nostop noprint pass
handle SIGALRM nostop noprint pass
set breakpoint pending on

define heddle-threads
  call (void) ((int (*)()) heddle_print_threads)()
end
document heddle-threads
heddle-threads: the harness's threads, and where each of them waits.
end

define heddle-thread
  set $heddle_context = (unsigned long) ((void* (*)(int)) heddle_thread_context)($arg0)
  if $heddle_context == 0
    printf "that thread does not wait in the middle of its work\n"
  else
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
    set $rsp = $heddle_saved_stack
    set $rbp = $heddle_saved_frame
    set $rip = $heddle_saved_place
    set $heddle_saved_stack = 0
  end
end
document heddle-back
heddle-back: back from heddle-thread. To be called before the program goes on.
end

set $heddle_saved_stack = 0
break heddle::runtime::before_fault
run
printf "\nStopped right before what goes wrong. `continue' goes on to the fault; `heddle-threads' lists the\n"
printf "harness's threads, `heddle-thread N' shows the stack of one, `heddle-back' comes back from there.\n"
