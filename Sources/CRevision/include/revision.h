#ifndef TAL_REVISION_H
#define TAL_REVISION_H

// The commit that the program was built from; empty where the sources were no checkout.
const char *tal_revision(void);

#endif
