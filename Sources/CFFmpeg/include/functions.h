#ifndef TAL_CFFMPEG_FUNCTIONS_H
#define TAL_CFFMPEG_FUNCTIONS_H

// FFmpeg brings about 140 libraries, and binding them takes 30 ms: more than everything else that happens when the program
// starts. So on ELF systems the program is not linked to FFmpeg. Every function it uses is in the list below, is called
// under its own name, and leads to a jump through a pointer that `ffLoad` fills. Types come from FFmpeg's headers.
// A function that is missing in the list is an undefined symbol when the program is linked.

#include <libavcodec/version.h>

// Side data of a stream moved into its codec parameters in libavcodec 60.31.
#define FF_SIDE_DATA_IN_PARAMETERS (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100))

#if FF_SIDE_DATA_IN_PARAMETERS
#define FF_SIDE_DATA_FUNCTIONS(X) \
    X(avcodec, av_packet_side_data_get) \
    X(avcodec, av_packet_side_data_new)
#else
#define FF_SIDE_DATA_FUNCTIONS(X) \
    X(avformat, av_stream_get_side_data) \
    X(avformat, av_stream_new_side_data)
#endif

// The library and the name of every function in use.
#define FF_FUNCTIONS(X) \
    X(avutil, av_dict_free) \
    X(avutil, av_dict_get) \
    X(avutil, av_dict_set) \
    X(avutil, av_frame_alloc) \
    X(avutil, av_frame_apply_cropping) \
    X(avutil, av_frame_free) \
    X(avutil, av_frame_get_buffer) \
    X(avutil, av_dict_copy) \
    X(avutil, av_frame_get_side_data) \
    X(avutil, av_frame_make_writable) \
    X(avutil, av_frame_move_ref) \
    X(avutil, av_frame_ref) \
    X(avutil, av_frame_unref) \
    X(avutil, av_free) \
    X(avutil, av_get_pix_fmt_name) \
    X(avutil, av_log_set_callback) \
    X(avutil, av_malloc) \
    X(avutil, av_mallocz) \
    X(avutil, av_max_alloc) \
    X(avutil, av_opt_set) \
    X(avutil, av_pix_fmt_desc_get) \
    X(avutil, av_realloc_array) \
    X(avutil, av_strerror) \
    X(avutil, av_version_info) \
    X(avcodec, av_new_packet) \
    X(avcodec, av_packet_alloc) \
    X(avcodec, av_packet_free) \
    X(avcodec, av_packet_rescale_ts) \
    X(avcodec, av_packet_unref) \
    X(avcodec, avcodec_alloc_context3) \
    X(avcodec, avcodec_find_decoder) \
    X(avcodec, avcodec_find_decoder_by_name) \
    X(avcodec, avcodec_find_encoder) \
    X(avcodec, avcodec_find_encoder_by_name) \
    X(avcodec, avcodec_flush_buffers) \
    X(avcodec, avcodec_free_context) \
    X(avcodec, avcodec_get_name) \
    X(avcodec, avcodec_open2) \
    X(avcodec, avcodec_parameters_copy) \
    X(avcodec, avcodec_parameters_from_context) \
    X(avcodec, avcodec_parameters_to_context) \
    X(avcodec, avcodec_receive_frame) \
    X(avcodec, avcodec_receive_packet) \
    X(avcodec, avcodec_send_frame) \
    X(avcodec, avcodec_send_packet) \
    X(avformat, av_codec_get_id) \
    X(avformat, av_codec_get_tag2) \
    X(avformat, av_interleaved_write_frame) \
    X(avformat, av_read_frame) \
    X(avformat, av_write_trailer) \
    X(avformat, avformat_alloc_context) \
    X(avformat, avformat_alloc_output_context2) \
    X(avformat, avformat_close_input) \
    X(avformat, avformat_find_stream_info) \
    X(avformat, avformat_free_context) \
    X(avformat, avformat_new_stream) \
    X(avformat, avformat_open_input) \
    X(avformat, avformat_query_codec) \
    X(avformat, avformat_seek_file) \
    X(avformat, avformat_write_header) \
    X(avformat, avio_alloc_context) \
    X(avformat, avio_closep) \
    X(avformat, avio_context_free) \
    X(avformat, avio_open) \
    X(avformat, avio_open2) \
    X(swscale, sws_freeContext) \
    X(swscale, sws_getCachedContext) \
    X(swscale, sws_getCoefficients) \
    X(swscale, sws_getContext) \
    X(swscale, sws_scale) \
    X(swscale, sws_setColorspaceDetails) \
    FF_SIDE_DATA_FUNCTIONS(X)

#if defined(__ELF__)
// Calls of `name` become calls of the symbol `tal_name`, so that libraries of FFmpeg still find each other's functions. The
// headers come after this, since some of their inline functions call what is in the list.
#define FF_PRAGMA(text) _Pragma(#text)
#define FF_RENAME(library, name) FF_PRAGMA(redefine_extname name tal_##name)
FF_FUNCTIONS(FF_RENAME)
#endif

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// What `ffLoad` could not load.
typedef struct {
    const char *library; // Its name with the version whose headers the program was built with; NULL where all is well.
    char reason[512];
} ffMissing;

// Loads FFmpeg, before anything else of it is called; not to be called by two threads at once.
ffMissing ffLoad(void);

#endif
