#ifndef TAL_CFFMPEG_SHIM_H
#define TAL_CFFMPEG_SHIM_H

#include "functions.h"
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

// Gives a new stream everything that says how the packets of a stream of another file are to be taken. The four letters by which
// the other container calls the codec are kept where this one knows them, as the `ffmpeg` program does.
static inline int ffCopyStream(AVStream *target, const AVStream *source, const AVOutputFormat *format) {
    int code = avcodec_parameters_copy(target->codecpar, source->codecpar);
    if (code < 0) return code;
    unsigned tag = source->codecpar->codec_tag, other;
    enum AVCodecID codec = source->codecpar->codec_id;
    int isKnown = !format->codec_tag || av_codec_get_id(format->codec_tag, tag) == codec
        || !av_codec_get_tag2(format->codec_tag, codec, &other);
    target->codecpar->codec_tag = isKnown ? tag : 0;
    target->time_base = source->time_base;
    target->avg_frame_rate = source->avg_frame_rate;
    target->r_frame_rate = source->r_frame_rate;
    target->sample_aspect_ratio = source->sample_aspect_ratio;
    target->disposition = source->disposition;
#if !FF_SIDE_DATA_IN_PARAMETERS
    for (int index = 0; index < source->nb_side_data; index++) {
        const AVPacketSideData *from = &source->side_data[index];
        uint8_t *data = av_stream_new_side_data(target, from->type, from->size);
        if (!data) return AVERROR(ENOMEM);
        memcpy(data, from->data, from->size);
    }
#endif
    return av_dict_copy(&target->metadata, source->metadata, 0);
}

// Adds a chapter to a file that is to be written, which owns it; times are in milliseconds.
static inline int ffAddChapter(AVFormatContext *file, int64_t start, int64_t end, const char *title) {
    AVChapter **chapters = av_realloc_array(file->chapters, file->nb_chapters + 1, sizeof *chapters);
    if (!chapters) return AVERROR(ENOMEM);
    file->chapters = chapters;
    AVChapter *chapter = av_mallocz(sizeof *chapter);
    if (!chapter) return AVERROR(ENOMEM);
    chapter->id = file->nb_chapters;
    chapter->time_base = (AVRational){1, 1000};
    chapter->start = start;
    chapter->end = end;
    chapters[file->nb_chapters++] = chapter;
    return av_dict_set(&chapter->metadata, "title", title, 0);
}

// How a single frame is turned for display, where it says so itself; otherwise the stream says it.
static inline const int32_t *ffFrameDisplayMatrix(const AVFrame *frame) {
    const AVFrameSideData *found = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return found && found->size >= 9 * sizeof(int32_t) ? (const int32_t *)found->data : NULL;
}

// The field became a flag in libavutil 58.7.
static inline int ffIsKeyFrame(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
    return frame->key_frame;
#endif
}

// What FFmpeg reads a file through. A file is opened once, by us: FFmpeg never sees a name that it could open, so that
// nothing a file says makes it open another one. Pipes are read from front to back.
typedef struct {
    int descriptor;
    int isSeekable;
    // How long a file that is still being written may stay as long as it is before it has ended.
    int patienceMilliseconds;
    int64_t position;
    AVIOContext *stream;
} ffInput;

static inline int ffReadInput(void *opaque, uint8_t *buffer, int count) {
    ffInput *input = opaque;
    int waited = 0;
    for (;;) {
        ssize_t got = input->isSeekable ? pread(input->descriptor, buffer, count, input->position)
                                        : read(input->descriptor, buffer, count);
        if (got > 0) {
            input->position += got;
            return (int)got;
        }
        if (got == 0) {
            enum { pause = 100 };
            if (waited >= input->patienceMilliseconds) return AVERROR_EOF;
            poll(NULL, 0, pause);
            waited += pause;
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return AVERROR(errno);
        // A pipe whose writer has nothing to say at the moment.
        struct pollfd wanted = {.fd = input->descriptor, .events = POLLIN};
        poll(&wanted, 1, -1);
    }
}

static inline int64_t ffSeekInput(void *opaque, int64_t offset, int whence) {
    ffInput *input = opaque;
    struct stat information;
    if (fstat(input->descriptor, &information) != 0) return AVERROR(errno);
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE) return information.st_size;
    int64_t base = whence == SEEK_CUR ? input->position : whence == SEEK_END ? information.st_size : 0;
    if (base + offset < 0) return AVERROR(EINVAL);
    return input->position = base + offset;
}

// Closes the descriptor; `input` may be NULL.
static inline void ffCloseInput(ffInput *input) {
    if (!input) return;
    if (input->stream) {
        av_free(input->stream->buffer);
        avio_context_free(&input->stream);
    }
    close(input->descriptor);
    av_free(input);
}

// Takes over a descriptor; returns NULL, and leaves it open, where there is no memory.
static inline ffInput *ffOpenInput(int descriptor, int isSeekable, int patienceMilliseconds) {
    enum { size = 1 << 16 };
    ffInput *input = av_malloc(sizeof *input);
    uint8_t *buffer = av_malloc(size);
    if (input && buffer) {
        *input = (ffInput){
            .descriptor = descriptor, .isSeekable = isSeekable, .patienceMilliseconds = patienceMilliseconds};
        input->stream = avio_alloc_context(
            buffer, size, 0, input, ffReadInput, NULL, isSeekable ? ffSeekInput : NULL);
        if (input->stream) return input;
    }
    av_free(buffer);
    av_free(input);
    return NULL;
}

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

// Whether a format has red, green and blue, or names colours by number.
static inline int ffIsRGB(enum AVPixelFormat format) {
    const AVPixFmtDescriptor *found = av_pix_fmt_desc_get(format);
    return found && (found->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

// Brings a frame to the format and size of another, which has limited range and the same colour matrix; returns the number of
// rows written.
static inline int ffConvert(struct SwsContext *scaler, const AVFrame *frame, int isFullRange, AVFrame *target) {
    const int *from = sws_getCoefficients(frame->colorspace), *to = sws_getCoefficients(target->colorspace);
    sws_setColorspaceDetails(scaler, from, isFullRange, to, 0, 0, 1 << 16, 1 << 16);
    return sws_scale(
        scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, target->data, target->linesize);
}

// Scales `rows` rows of packed pixels into a frame; returns the number of rows written.
static inline int ffFill(
    struct SwsContext *scaler, const uint8_t *pixels, int rowBytes, int rows, AVFrame *frame) {
    const uint8_t *planes[4] = {pixels, NULL, NULL, NULL};
    int strides[4] = {rowBytes, 0, 0, 0};
    return sws_scale(scaler, planes, strides, 0, rows, frame->data, frame->linesize);
}

#endif
