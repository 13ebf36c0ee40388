#include "report_page.h"

// #embed is in C23; the compiler that comes with Swift knows it in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char style[] = {
#embed "report.css"
};

static const unsigned char script[] = {
#embed "report.js"
};

const unsigned char *report_style(size_t *size) {
    *size = sizeof style;
    return style;
}

const unsigned char *report_script(size_t *size) {
    *size = sizeof script;
    return script;
}
