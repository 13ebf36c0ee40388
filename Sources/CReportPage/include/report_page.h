#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

// The style and the script of the report, as the files beside this target's C file have them.

#include <stddef.h>

const unsigned char *report_style(size_t *size);
const unsigned char *report_script(size_t *size);

#endif
