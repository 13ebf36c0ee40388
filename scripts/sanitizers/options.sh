# Sourced by scripts/test --sanitize: how the sanitizers are to run.
folder=$PWD/scripts/sanitizers
# Leaks are not looked for: the Swift runtime keeps what it makes once (metadata, conformances, statics) until the end.
export ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export TSAN_OPTIONS=suppressions=$folder/thread.txt${TSAN_OPTIONS:+:$TSAN_OPTIONS}
