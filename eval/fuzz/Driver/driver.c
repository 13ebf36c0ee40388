#include "driver.h"

#include <stddef.h>
#include <stdint.h>

// Of libFuzzer, https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library.
extern int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t size));
extern int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int fuzz_main(int count, char **arguments) {
    return LLVMFuzzerRunDriver(&count, &arguments, LLVMFuzzerTestOneInput);
}
