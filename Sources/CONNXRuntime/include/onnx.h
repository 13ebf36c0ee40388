// The few functions of ONNX Runtime's C API that run a model, found in its library when the program runs. Nothing is linked, and
// no header of ONNX Runtime is needed: its API is a table of functions whose order never changes, and which only grows
// (https://onnxruntime.ai/docs/api/c/struct_ort_api.html). Version 1 of the table holds all that is used here.
//
// A text that a function returns says what went wrong; the caller frees it. NULL is success.
#ifndef TAL_ONNX_H
#define TAL_ONNX_H

#include <stddef.h>
#include <stdint.h>

typedef struct tal_ort tal_ort;
typedef struct tal_ort_model tal_ort_model;
typedef struct tal_ort_value tal_ort_value;

enum { TAL_ORT_MOST_AXES = 8, TAL_ORT_FLOAT = 1 };

// What a model says of an input or output, or the shape of a value.
typedef struct {
    // TAL_ORT_FLOAT or another of ONNX's element types (TensorProto.DataType); 0 for what is no tensor.
    int32_t type;
    // Axes of the tensor; lengths that are open are -1. More axes than TAL_ORT_MOST_AXES are counted, not told.
    size_t rank;
    int64_t lengths[TAL_ORT_MOST_AXES];
} tal_ort_shape;

// Opens the library; it stays open until the program ends.
char *tal_ort_open(const char *library, tal_ort **runtime);
// Such as 1.32.0; valid while the library is open.
const char *tal_ort_version(const tal_ort *runtime);
void tal_ort_close(tal_ort *runtime);

// Reads a model. It runs on the thread that asks; several threads may ask at once.
char *tal_ort_read(const tal_ort *runtime, const char *path, tal_ort_model **model);
void tal_ort_release(tal_ort_model *model);

size_t tal_ort_input_count(const tal_ort_model *model);
size_t tal_ort_output_count(const tal_ort_model *model);
const char *tal_ort_input_name(const tal_ort_model *model, size_t index);
const char *tal_ort_output_name(const tal_ort_model *model, size_t index);
char *tal_ort_input_shape(const tal_ort_model *model, size_t index, tal_ort_shape *shape);
char *tal_ort_output_shape(const tal_ort_model *model, size_t index, tal_ort_shape *shape);

// Computes one output from one input of floats.
char *tal_ort_run(const tal_ort_model *model, const char *input, const float *values, size_t count,
                  const int64_t *lengths, size_t rank, const char *output, tal_ort_value **result);
char *tal_ort_value_shape(const tal_ort_model *model, const tal_ort_value *value, tal_ort_shape *shape);
char *tal_ort_value_floats(const tal_ort_model *model, tal_ort_value *value, const float **values);
void tal_ort_value_release(const tal_ort_model *model, tal_ort_value *value);

#endif
