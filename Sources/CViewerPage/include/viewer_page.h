#ifndef VIEWER_PAGE_H
#define VIEWER_PAGE_H

// The files of the viewer's page, as the files beside this target's C file have them.

#include <stddef.h>

/// The bytes of a file such as "viewer.css"; null for a name that is not among them.
const unsigned char *viewer_file(const char *name, size_t *size);

#endif
