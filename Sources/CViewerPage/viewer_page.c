#include "viewer_page.h"

#include <string.h>

// #embed is in C23; the compiler that comes with Swift knows it in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char page[] = {
#embed "viewer.html"
};

static const unsigned char style[] = {
#embed "viewer.css"
};

static const unsigned char icon[] = {
#embed "icon.svg"
};

static const unsigned char main_module[] = {
#embed "modules/main.js"
};

static const unsigned char edits_module[] = {
#embed "modules/edits.js"
};

static const unsigned char timeline_module[] = {
#embed "modules/timeline.js"
};

static const unsigned char curves_module[] = {
#embed "modules/curves.js"
};

static const unsigned char server_module[] = {
#embed "modules/server.js"
};

static const unsigned char player_module[] = {
#embed "modules/player.js"
};

static const unsigned char list_module[] = {
#embed "modules/list.js"
};

static const unsigned char keys_module[] = {
#embed "modules/keys.js"
};

static const struct {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} files[] = {
    {"viewer.html", page, sizeof page},
    {"viewer.css", style, sizeof style},
    {"icon.svg", icon, sizeof icon},
    {"main.js", main_module, sizeof main_module},
    {"edits.js", edits_module, sizeof edits_module},
    {"timeline.js", timeline_module, sizeof timeline_module},
    {"curves.js", curves_module, sizeof curves_module},
    {"server.js", server_module, sizeof server_module},
    {"player.js", player_module, sizeof player_module},
    {"list.js", list_module, sizeof list_module},
    {"keys.js", keys_module, sizeof keys_module},
};

const unsigned char *viewer_file(const char *name, size_t *size) {
    for (size_t index = 0; index < sizeof files / sizeof *files; index++) {
        if (strcmp(files[index].name, name) == 0) {
            *size = files[index].size;
            return files[index].bytes;
        }
    }
    return NULL;
}
