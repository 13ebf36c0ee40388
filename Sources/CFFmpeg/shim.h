#ifndef TAL_CFFMPEG_SHIM_H
#define TAL_CFFMPEG_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

// Macros that Swift does not import.
static const int ffEndOfFile = AVERROR_EOF;
static const int ffTryAgain = AVERROR(EAGAIN);
static const int64_t ffNoTimestamp = AV_NOPTS_VALUE;

#endif
