#define _GNU_SOURCE
#include "include/onnx.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Places in the table of functions, version 1.
enum {
    get_error_message = 2,
    create_env = 3,
    create_session = 7,
    run = 9,
    create_session_options = 10,
    set_intra_op_threads = 24,
    set_inter_op_threads = 25,
    get_input_count = 30,
    get_output_count = 31,
    get_input_type = 33,
    get_output_type = 34,
    get_input_name = 36,
    get_output_name = 37,
    create_tensor_with_data = 49,
    get_tensor_data = 51,
    cast_to_tensor_info = 55,
    get_element_type = 60,
    get_rank = 61,
    get_lengths = 62,
    get_tensor_info = 65,
    create_cpu_memory_info = 69,
    free_memory = 76,
    get_default_allocator = 78,
    release_env = 92,
    release_status = 93,
    release_memory_info = 94,
    release_session = 95,
    release_value = 96,
    release_type_info = 98,
    release_tensor_info = 99,
    release_session_options = 100,
    slot_count = 101,
};

typedef void (*function)(void);
typedef struct {
    function slots[slot_count];
} table;

typedef struct {
    const table *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} api_base;

struct tal_ort {
    const table *api;
    const char *version;
    void *env, *memory, *allocator;
};

struct tal_ort_model {
    const tal_ort *runtime;
    void *session;
    size_t counts[2];
    char **names[2];
};

#define SLOT(api, name, result, ...) ((result(*)(__VA_ARGS__))(api)->slots[name])
// A function that returns a status, which is NULL on success.
#define TRY(api, name, types, ...)                                                                                     \
    do {                                                                                                               \
        void *status = SLOT(api, name, void *, LIST types)(__VA_ARGS__);                                               \
        if (status) return taken(api, status);                                                                         \
    } while (0)
#define LIST(...) __VA_ARGS__
#define RELEASE(api, name, object)                                                                                     \
    do {                                                                                                               \
        if (object) SLOT(api, name, void, void *)(object);                                                             \
    } while (0)

static char *text(const char *message) {
    char *copy = strdup(message ? message : "no reason given");
    return copy ? copy : NULL;
}

// The message of a status, which is released.
static char *taken(const table *api, void *status) {
    char *message = text(SLOT(api, get_error_message, const char *, const void *)(status));
    RELEASE(api, release_status, status);
    return message;
}

char *tal_ort_open(const char *library, tal_ort **runtime) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return text(dlerror());
    api_base *(*base)(void) = (api_base * (*)(void)) dlsym(handle, "OrtGetApiBase");
    const api_base *found = base ? base() : NULL;
    const table *api = found ? found->get_api(1) : NULL;
    if (!api) {
        dlclose(handle);
        return text(found ? "offers no version 1 of its API" : "has no function OrtGetApiBase");
    }
    tal_ort *made = calloc(1, sizeof *made);
    if (!made) return text("out of memory");
    made->api = api;
    made->version = found->get_version();
    // Only what ends the program is logged: errors come back as texts.
    const int fatal = 4, arena = 1, default_memory = 0;
    void *status = SLOT(api, create_env, void *, int, const char *, void **)(fatal, "tal", &made->env);
    if (!status) status = SLOT(api, create_cpu_memory_info, void *, int, int, void **)(arena, default_memory, &made->memory);
    if (!status) status = SLOT(api, get_default_allocator, void *, void **)(&made->allocator);
    if (status) {
        tal_ort_close(made);
        return taken(api, status);
    }
    *runtime = made;
    return NULL;
}

const char *tal_ort_version(const tal_ort *runtime) { return runtime->version; }

void tal_ort_close(tal_ort *runtime) {
    RELEASE(runtime->api, release_memory_info, runtime->memory);
    RELEASE(runtime->api, release_env, runtime->env);
    free(runtime);
}

static char *read_names(tal_ort_model *model, int kind) {
    const table *api = model->runtime->api;
    void *allocator = model->runtime->allocator;
    const int count_slot = kind ? get_output_count : get_input_count, name_slot = kind ? get_output_name : get_input_name;
    TRY(api, count_slot, (const void *, size_t *), model->session, &model->counts[kind]);
    model->names[kind] = calloc(model->counts[kind] + 1, sizeof(char *));
    if (!model->names[kind]) return text("out of memory");
    for (size_t index = 0; index < model->counts[kind]; index++) {
        char *name = NULL;
        TRY(api, name_slot, (const void *, size_t, void *, char **), model->session, index, allocator, &name);
        model->names[kind][index] = strdup(name);
        void *status = SLOT(api, free_memory, void *, void *, void *)(allocator, name);
        if (status) return taken(api, status);
        if (!model->names[kind][index]) return text("out of memory");
    }
    return NULL;
}

static char *create(const tal_ort *runtime, const char *path, tal_ort_model *model, void **options) {
    const table *api = runtime->api;
    TRY(api, create_session_options, (void **), options);
    // The program's own threads do the work, a clip each.
    TRY(api, set_intra_op_threads, (void *, int), *options, 1);
    TRY(api, set_inter_op_threads, (void *, int), *options, 1);
    TRY(api, create_session, (void *, const char *, const void *, void **), runtime->env, path, *options,
        &model->session);
    char *problem = read_names(model, 0);
    return problem ? problem : read_names(model, 1);
}

char *tal_ort_read(const tal_ort *runtime, const char *path, tal_ort_model **model) {
    tal_ort_model *made = calloc(1, sizeof *made);
    if (!made) return text("out of memory");
    made->runtime = runtime;
    void *options = NULL;
    char *problem = create(runtime, path, made, &options);
    RELEASE(runtime->api, release_session_options, options);
    if (problem) {
        tal_ort_release(made);
        return problem;
    }
    *model = made;
    return NULL;
}

void tal_ort_release(tal_ort_model *model) {
    RELEASE(model->runtime->api, release_session, model->session);
    for (int kind = 0; kind < 2; kind++) {
        for (size_t index = 0; model->names[kind] && index < model->counts[kind]; index++) free(model->names[kind][index]);
        free(model->names[kind]);
    }
    free(model);
}

size_t tal_ort_input_count(const tal_ort_model *model) { return model->counts[0]; }
size_t tal_ort_output_count(const tal_ort_model *model) { return model->counts[1]; }
const char *tal_ort_input_name(const tal_ort_model *model, size_t index) { return model->names[0][index]; }
const char *tal_ort_output_name(const tal_ort_model *model, size_t index) { return model->names[1][index]; }

// Reads what a description of a tensor says.
static char *describe(const table *api, const void *info, tal_ort_shape *shape) {
    TRY(api, get_element_type, (const void *, int32_t *), info, &shape->type);
    TRY(api, get_rank, (const void *, size_t *), info, &shape->rank);
    if (shape->rank <= TAL_ORT_MOST_AXES)
        TRY(api, get_lengths, (const void *, int64_t *, size_t), info, shape->lengths, shape->rank);
    return NULL;
}

static char *model_shape(const tal_ort_model *model, size_t index, int slot, tal_ort_shape *shape) {
    const table *api = model->runtime->api;
    memset(shape, 0, sizeof *shape);
    void *type = NULL;
    TRY(api, slot, (const void *, size_t, void **), model->session, index, &type);
    const void *info = NULL;
    void *status = SLOT(api, cast_to_tensor_info, void *, const void *, const void **)(type, &info);
    // What is no tensor has no such description.
    char *problem = status ? taken(api, status) : info ? describe(api, info, shape) : NULL;
    RELEASE(api, release_type_info, type);
    return problem;
}

char *tal_ort_input_shape(const tal_ort_model *model, size_t index, tal_ort_shape *shape) {
    return model_shape(model, index, get_input_type, shape);
}

char *tal_ort_output_shape(const tal_ort_model *model, size_t index, tal_ort_shape *shape) {
    return model_shape(model, index, get_output_type, shape);
}

char *tal_ort_run(const tal_ort_model *model, const char *input, const float *values, size_t count,
                  const int64_t *lengths, size_t rank, const char *output, tal_ort_value **result) {
    const table *api = model->runtime->api;
    void *tensor = NULL, *made = NULL;
    // The tensor only points to the values, which are not changed.
    TRY(api, create_tensor_with_data, (const void *, void *, size_t, const int64_t *, size_t, int32_t, void **),
        model->runtime->memory, (void *)(uintptr_t)values, count * sizeof *values, lengths, rank, TAL_ORT_FLOAT, &tensor);
    const void *inputs[] = {tensor};
    void *status = SLOT(api, run, void *, void *, const void *, const char *const *, const void *const *, size_t,
                        const char *const *, size_t, void **)(model->session, NULL, &input, inputs, 1, &output, 1, &made);
    RELEASE(api, release_value, tensor);
    if (status) return taken(api, status);
    *result = made;
    return NULL;
}

char *tal_ort_value_shape(const tal_ort_model *model, const tal_ort_value *value, tal_ort_shape *shape) {
    const table *api = model->runtime->api;
    memset(shape, 0, sizeof *shape);
    void *info = NULL;
    TRY(api, get_tensor_info, (const void *, void **), value, &info);
    char *problem = describe(api, info, shape);
    RELEASE(api, release_tensor_info, info);
    return problem;
}

char *tal_ort_value_floats(const tal_ort_model *model, tal_ort_value *value, const float **values) {
    void *data = NULL;
    TRY(model->runtime->api, get_tensor_data, (void *, void **), value, &data);
    *values = data;
    return NULL;
}

void tal_ort_value_release(const tal_ort_model *model, tal_ort_value *value) {
    RELEASE(model->runtime->api, release_value, value);
}
