#ifndef TAL_COPENSSL_SHIM_H
#define TAL_COPENSSL_SHIM_H

#include <openssl/evp.h>

#endif
