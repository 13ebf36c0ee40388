#ifndef TAL_CFFMPEG_SHIM_H
#define TAL_CFFMPEG_SHIM_H

#include "functions.h"
#include <stdarg.h>
#include <string.h>

// Macros that Swift does not import.
static const int ffEndOfFile = AVERROR_EOF;
static const int ffTryAgain = AVERROR(EAGAIN);
static const int64_t ffNoTimestamp = AV_NOPTS_VALUE;

// Swift cannot write a callback that takes a va_list. Messages of libav would otherwise go to stderr past our own reports.
static inline void ffDiscardMessage(void *source, int level, const char *format, va_list arguments) {
    (void)source, (void)level, (void)format, (void)arguments;
}
static inline void ffSilence(void) { av_log_set_callback(ffDiscardMessage); }

#if FF_SIDE_DATA_IN_PARAMETERS
static inline const int32_t *ffDisplayMatrix(const AVStream *stream) {
    const AVPacketSideData *found = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return found && found->size >= 9 * sizeof(int32_t) ? (const int32_t *)found->data : NULL;
}
static inline int32_t *ffAddDisplayMatrix(AVStream *stream) {
    AVPacketSideData *added = av_packet_side_data_new(
        &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX,
        9 * sizeof(int32_t), 0);
    return added ? (int32_t *)added->data : NULL;
}
#else
static inline const int32_t *ffDisplayMatrix(const AVStream *stream) {
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 9 * sizeof(int32_t) ? (const int32_t *)data : NULL;
}
static inline int32_t *ffAddDisplayMatrix(AVStream *stream) {
    return (int32_t *)av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
}
#endif

// The field was renamed in libavutil 57.30.
static inline int64_t ffFrameDuration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

// The rest takes `data` and `linesize` of a frame, which Swift sees as tuples.

// Tells the scaler which colour matrix and range the frame uses; what a file leaves open is taken as BT.601.
static inline void ffSetColours(struct SwsContext *scaler, const AVFrame *frame, int isFullRange) {
    const int *matrix = sws_getCoefficients(frame->colorspace);
    sws_setColorspaceDetails(
        scaler, matrix, isFullRange, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
}

// Scales a frame into packed pixels; returns the number of rows written.
static inline int ffScale(struct SwsContext *scaler, const AVFrame *frame, uint8_t *pixels, int rowBytes) {
    uint8_t *planes[4] = {pixels, NULL, NULL, NULL};
    int strides[4] = {rowBytes, 0, 0, 0};
    return sws_scale(
        scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes, strides);
}

// Scales a frame into a plane of brightness and two of colour; returns the number of rows written.
static inline int ffScalePlanes(
    struct SwsContext *scaler, const AVFrame *frame, uint8_t *y, int yBytes, uint8_t *u, uint8_t *v, int colourBytes) {
    uint8_t *planes[4] = {y, u, v, NULL};
    int strides[4] = {yBytes, colourBytes, colourBytes, 0};
    return sws_scale(
        scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes, strides);
}

// Scales packed pixels into a frame; returns the number of rows written.
static inline int ffFill(struct SwsContext *scaler, const uint8_t *pixels, int rowBytes, AVFrame *frame) {
    const uint8_t *planes[4] = {pixels, NULL, NULL, NULL};
    int strides[4] = {rowBytes, 0, 0, 0};
    return sws_scale(scaler, planes, strides, 0, frame->height, frame->data, frame->linesize);
}

#endif
