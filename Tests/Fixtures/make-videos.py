#!/usr/bin/env python3
"""Makes the videos of Tests/Fixtures/data/videos with ffmpeg, and data/probe.json with what ffprobe and ffmpeg say of them.

Needs ffmpeg with libx264, mpeg4 and libvpx; the results are committed.
"""
import json
import pathlib
import subprocess

folder = pathlib.Path(__file__).parent / "data"
videos = folder / "videos"
videos.mkdir(parents=True, exist_ok=True)
source = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1.2"]


def make(name, *options, inputs=source):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *inputs, *options, "-fflags", "+bitexact", "-flags:v", "+bitexact", videos / name],
                   check=True)


make("h264.mp4", "-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p", "-crf", "28")
make("mpeg4.avi", "-c:v", "mpeg4", "-q:v", "8")
make("vp9.webm", "-c:v", "libvpx-vp9", "-crf", "40", "-b:v", "0")
make("sound.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "30", "-c:a", "aac", "-b:a", "16k",
     inputs=source + ["-f", "lavfi", "-i", "sine=d=1.2"])
make("turned.mp4", "-c", "copy", "-metadata:s:v", "rotate=90", inputs=["-i", str(videos / "h264.mp4")])
make("sound-only.m4a", "-c:a", "aac", "-b:a", "16k", inputs=["-f", "lavfi", "-i", "sine=d=0.5"])

probes = {}
for video in sorted(videos.iterdir()):
    run = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_frames", "-of", "json", video], capture_output=True,
                         text=True, check=True)
    found = json.loads(run.stdout)
    streams = {kind: [s for s in found["streams"] if s["codec_type"] == kind] for kind in ["video", "audio"]}
    probe = {"video_streams": len(streams["video"]), "audio_streams": len(streams["audio"]),
             "ffprobe_errors": len(run.stderr.splitlines())}
    if streams["video"]:
        stream = streams["video"][0]
        width, height = stream["width"], stream["height"]
        frames = [f for f in found["frames"] if f["media_type"] == "video"]
        times = [float(f["best_effort_timestamp_time"]) for f in frames]
        rotation = next((int(s["rotation"]) for s in stream.get("side_data_list", []) if "rotation" in s), 0)
        raw = subprocess.run(["ffmpeg", "-v", "error", "-noautorotate", "-i", video, "-map", "0:v", "-fps_mode", "passthrough", "-f",
                              "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
        size = width * height * 3

        def gray(index):
            frame = raw[index * size:(index + 1) * size]
            return round(sum(sum(frame[c::3]) * weight for c, weight in enumerate([0.299, 0.587, 0.114])) * 3 / size, 3)

        assert len(raw) == size * len(frames), video
        probe |= {"width": width, "height": height, "rotation": rotation, "codec": stream["codec_name"], "decoded_frames": len(frames),
                  "first_pts": times[0], "last_pts": times[-1],
                  "gray_mean": {"first": gray(0), "middle": gray(len(frames) // 2), "last": gray(len(frames) - 1)}}
    probes[f"videos/{video.name}"] = probe
(folder / "probe.json").write_text(json.dumps(probes, indent=1) + "\n")
