#include "revision.h"

#ifndef TAL_REVISION
#define TAL_REVISION ""
#endif

const char *tal_revision(void) { return TAL_REVISION; }
