#!/usr/bin/env python3
"""Writes Tests/Fixtures/data: invented annotations and predictions in the layouts of published data sets, under the names of their files.

The names of the files, of columns and of keys, and some names of classes are those of the data sets. Videos, times and texts are
invented. See data/README.md.
"""
import gzip
import io
import json
import pathlib
import tarfile

root = pathlib.Path(__file__).parent / "data"


def write(name, text):
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    file.write_bytes(gzip.compress(data, 9, mtime=0) if name.endswith(".gz") else data)


def archive(name, files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for member, text in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    write(name, buffer.getvalue())


def table(columns, rows):
    return "\n".join([columns] + [",".join(str(value) for value in row) for row in rows]) + "\n"


# ActivityNet: id, subset, duration, segments. One segment ends after its video, one has no length.
ANET = [
    ("aaaaaaaaaa1", "training", 30.0, [("Archery", 1.0, 5.0), ("Archery", 28.0, 30.5)]),
    ("aaaaaaaaaa2", "training", 20.0, [("Mooping floor", 3.0, 9.0)]),
    ("aaaaaaaaaa3", "training", 25.0, [("Playing guitarra", 7.0, 9.5)]),
    ("aaaaaaaaaa4", "validation", 40.0, [("Archery", 2.0, 12.0), ("Archery", 13.0, 13.0)]),
    ("aaaaaaaaaa5", "validation", 50.0, [("Mooping floor", 10.0, 20.0), ("Playing guitarra", 30.0, 45.0)]),
    ("aaaaaaaaaa6", "testing", 60.0, []),
]


def items(segments):
    return [{"segment": [start, end], "label": label} for label, start, end in segments]


def database(videos, **facts):
    return {
        name: {"subset": subset, "duration": duration, **{key: value(duration) for key, value in facts.items()},
               "annotations": items(segments)}
        for name, subset, duration, segments in videos
    }


write("annotations/activitynet/activitynet_v1-3_merged.json.gz", json.dumps(
    {"version": "VERSION 1.3 (invented)",
     "database": database(ANET, fps=lambda _: 30.0, frames=lambda duration: int(duration * 30))}))
write("annotations/activitynet/anet_anno_action.json.gz", json.dumps({
    "v_" + name: {"duration_second": duration, "duration_frame": int(duration * 30), "annotations": items(segments),
                  "feature_frame": int(duration * 30) // 16 * 16}
    for name, subset, duration, segments in ANET if subset != "testing"}))
write("annotations/activitynet/video_info_new.csv.gz", table(
    "video,numFrame,seconds,fps,rfps,subset,featureFrame",
    [("v_" + name, int(duration * 30), duration, 30.0, 29.97, subset, int(duration * 30) // 16 * 16)
     for name, subset, duration, _ in ANET]))
write("predictions/activitynet_sample/sample_detection_prediction.json.gz", json.dumps(
    {"version": "VERSION 1.3", "results": {
        name: [{"score": 1.0, **item} for item in items(segments)]
        for name, subset, _, segments in ANET if subset == "validation"}, "external_data": {"used": False, "details": ""}}))
write("predictions/activitynet_sample/sample_classification_prediction.json.gz", json.dumps(
    {"version": "VERSION 1.3", "results": {
        name: [{"score": 1.0, "label": label} for label in sorted({label for label, _, _ in segments})]
        for name, subset, _, segments in ANET if subset == "validation"}, "external_data": {"used": False, "details": ""}}))

# THUMOS14: four JSON layouts that name subsets differently, tables and text files. Every CliffDiving is a Diving too.
DIVES = [(start, start + 2.5) for start in (3.0, 11.5, 20.0, 31.2, 40.4)]
THUMOS = [
    ("video_validation_0000001", "training", 60.0,
     [(label, start, end) for start, end in DIVES for label in ("CliffDiving", "Diving")] + [("Diving", 50.0, 54.0)]),
    ("video_validation_0000002", "training", 33.5, [("Billiards", 2.0, 9.3), ("Billiards", 12.1, 33.7)]),
    ("video_test_0000001", "test", 45.2, [("Billiards", 0.2, 1.1), ("HighJump", 18.6, 24.8), ("HighJump", 29.1, 34.8)]),
    ("video_test_0000002", "test", 28.4, [("Diving", 5.0, 8.8)]),
    ("video_test_0000003", "test", 12.0, [("Billiards", 1.0, 11.2)]),
]
CLASSES = {"Billiards": 12, "CliffDiving": 22, "Diving": 26, "HighJump": 40, "Ambiguous": 0}


def named(training, test, shorter=0.0):
    return [(name, training if subset == "training" else test, duration - shorter, segments)
            for name, subset, duration, segments in THUMOS]


actionformer = database(named("Validation", "Test"), fps=lambda _: 30.0)
for video in actionformer.values():
    for item in video["annotations"]:
        item["segment(frames)"] = [time * 30 for time in item["segment"]]
        item["label_id"] = sorted(CLASSES).index(item["label"])
write("annotations/thumos14/thumos14.json.gz", json.dumps(
    {"version": "Thumos14-30fps (invented)", "database": actionformer}))
write("annotations/thumos14/thumos_14_anno.json.gz", json.dumps(
    {"database": database(named("training", "validation", -1), frame=lambda duration: int(duration * 30)), "taxonomy": [],
     "version": "invented"}))
write("annotations/thumos14/thumos14_flat.json.gz", json.dumps(
    database(named("validation", "test", 0.5), frames=lambda duration: int(duration * 30))))
write("annotations/thumos14/thumos_gt.json.gz", json.dumps({"database": {
    name: {"subset": subset,
           "annotations": [{"segment": [str(start), str(end)], "label": label} for label, start, end in segments]}
    for name, subset, _, segments in named("train", "test")}}))
rows = [(name, label, start, end) for name, subset, _, segments in THUMOS if subset == "test" for label, start, end in segments]
rows.append(("video_test_0000003", "Ambiguous", 11.3, 11.8))
durations = {name: duration for name, _, duration, _ in THUMOS}
write("annotations/thumos14/test_Annotation.csv.gz", table(
    "video,type,type_idx,start,end,startFrame,endFrame",
    [(name, label, CLASSES[label], start, end, int(start * 30), int(end * 30)) for name, label, start, end in rows]))
write("annotations/thumos14/thumos14_test_groundtruth.csv.gz", table(
    "video-name,t-init,t-end,f-init,f-end,video-duration,frame-rate,video-frames,label-idx",
    [(name, start, end, int(start * 30), int(end * 30), durations[name], 30.0, int(durations[name] * 30),
      CLASSES[label] - (1 if label == "Ambiguous" else 0)) for name, label, start, end in rows]))
write("annotations/thumos14/tsp_thumos14_test_groundtruth.csv.gz", table(
    "video-name,t-start,t-end,action-label,video-duration,filename,fps,video-frames,temporal-region-label",
    [(name, start, end, label, durations[name], name + ".mp4", 30.0, int(durations[name] * 30), "Action")
     for name, label, start, end in rows if label != "Ambiguous"]
    + [("video_test_0000001", 1.1, 18.6, "Billiards", durations["video_test_0000001"], "video_test_0000001.mp4", 30.0, 1356,
        "No action")]))
for part, subset in [("val", "training"), ("test", "test")]:
    files = {}
    for name, own, _, segments in THUMOS:
        if own == subset:
            for label, start, end in segments:
                files.setdefault(f"{label}_{part}.txt", []).append(f"{name}  {start} {end}\n")
    if part == "test":
        files["Ambiguous_test.txt"] = ["video_test_0000003  11.3 11.8\n"]
    archive(f"annotations/thumos14/original_txt_{part}.tar.gz", {name: "".join(lines) for name, lines in sorted(files.items())})
# DETAD: length, coverage and number of instances in the video.
for part, subset, key in [("test", "test", "num-instances"), ("val", "training", "num_instances")]:
    write(f"annotations/thumos14/detad_thumos14_{part}_extra_characteristics.json.gz", json.dumps({
        "taxonomy": [], "version": [], "database": {
            name: {"subset": "testing" if part == "test" else "validation", "annotations": [
                {"length": end - start, "all-segments": None, "label": label, "coverage": (end - start) / duration,
                 key: len(segments), "context-distance": None, "segment": [start, end],
                 "agreement": None, "context-size": None} for label, start, end in segments]}
            for name, own, duration, segments in THUMOS if own == subset}}))
write("annotations/thumos14/th14_test_durations.txt", "".join(
    f"/data/test_set/{name}.mp4\n{duration:.6f}\n" for name, subset, duration, _ in THUMOS if subset == "test"))
write("annotations/thumos14/tsp_thumos14_valid_metadata.csv", table(
    "filename,video-duration,fps,video-frames",
    [(name + ".mp4", duration, 30, int(duration * 30)) for name, subset, duration, _ in THUMOS if subset == "training"]))

# Numbered actions: several at a time, densely.
def numbered(count, prefix, classes):
    videos = {}
    for index in range(count):
        duration = 20.0 + 7 * index % 13
        actions = [[(index + 3 * k) % classes, round(1.3 * k + 0.2 * index, 2), round(1.3 * k + 2.9 + 0.4 * (k % 3), 2)]
                   for k in range(9)]
        videos[f"{prefix}{index:02d}"] = {
            "subset": "training" if index % 3 == 0 else "testing", "duration": duration, "actions": actions}
    return json.dumps(videos)


write("annotations/multithumos/multithumos.json.gz", numbered(8, "video_test_00000", 11))
write("annotations/charades/charades.json.gz", numbered(12, "CHAR", 17))
write("annotations/multithumos/tiny_multithumos_anno.json.gz", json.dumps({"database": {
    "video_test_0000001": {"duration": 33.826, "frame": 1012, "subset": "validation",
                           "annotations": items([("Jump", 0.23, 0.93), ("Stand", 0.5, 4.25)])},
    "video_validation_0000001": {"duration": 20.5, "frame": 615, "subset": "training", "annotations": items([("Run", 1, 7.75)])}}}))

# EPIC-Kitchens-100.
EPIC = [
    ("P01_51", "00:00:00.14", "00:00:03.37", "open door", "open", 3, "door", 3),
    ("P01_51", "00:00:04.37", "00:00:06.00", "turn on tap", "turn-on", 6, "tap", 0),
    ("P02_52", "00:01:00.00", "00:01:02.50", "take spoon", "take", 0, "spoon", 1),
]


def frame(text):
    hours, minutes, seconds = text.split(":")
    return int((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 50)


write("annotations/epic_kitchens_100/EPIC_100_validation.csv.gz", table(
    "narration_id,participant_id,video_id,narration_timestamp,start_timestamp,stop_timestamp,start_frame,stop_frame,narration,"
    "verb,verb_class,noun,noun_class,all_nouns,all_noun_classes",
    [(f"{video}_{index}", video[:3], video, start, start, end, frame(start), frame(end), narration, verb, verb_class, noun,
      noun_class, f"['{noun}']", f"[{noun_class}]")
     for index, (video, start, end, narration, verb, verb_class, noun, noun_class) in enumerate(EPIC)]))
write("annotations/epic_kitchens_100/EPIC_100_video_info.csv", table(
    "video_id,duration,fps,resolution", [("P01_51", 120.5, 50.0, "1920x1080"), ("P02_52", 90.25, 59.9400599400599, "1920x1080")]))

# Captions, moments, proposals.
write("annotations/activitynet_captions/val_1.json.gz", json.dumps({
    "v_aaaaaaaaaa4": {"duration": 40.0, "timestamps": [[0, 12.5], [11.0, 40.0]],
                      "sentences": ["A person draws a bow.", " The arrow hits the target."]},
    "v_aaaaaaaaaa5": {"duration": 50.0, "timestamps": [[10.0, 20.0]], "sentences": ["Someone wipes the floor."]}}))
write("predictions/activitynet_captions/captioning_results_val_1_e26.json.gz", json.dumps({
    "version": "VERSION 1.0", "external_data": {"used": True, "details": ""}, "results": {
        "v_aaaaaaaaaa4": [{"sentence": "A man shoots", "timestamp": [1.5, 12.0]}, {"sentence": "He walks", "timestamp": [20, 30]}],
        "v_aaaaaaaaaa5": [{"sentence": "A woman cleans", "timestamp": [9.0, 21.0]}]}}))
write("annotations/qvhighlights/highlight_val_release.jsonl.gz", "".join(json.dumps(query) + "\n" for query in [
    {"qid": 1, "query": "A dog runs.", "duration": 150, "vid": "bbbbbbbbbb1_0.0_150.0", "relevant_clip_ids": [0, 1, 2, 10],
     "saliency_scores": [[1, 2, 3]] * 4, "relevant_windows": [[0, 6], [20, 22]]},
    {"qid": 2, "query": "A cat sleeps.", "duration": 150, "vid": "bbbbbbbbbb1_0.0_150.0", "relevant_clip_ids": [5],
     "saliency_scores": [[4, 4, 4]], "relevant_windows": [[10, 12]]},
    {"qid": 3, "query": "A boat leaves.", "duration": 126, "vid": "bbbbbbbbbb2_60.0_186.0", "relevant_clip_ids": [30, 31],
     "saliency_scores": [[0, 1, 1]] * 2, "relevant_windows": [[60, 64]]}]))
write("annotations/mmaction2_samples/proposals__v_test1.csv", table(
    "tmin,tmax,tmin_score,tmax_score,score,match_iou,match_ioa", [(0.1, 0.2, 0.9, 0.8, 0.72, 0.5, 0.6), (0.3, 0.6, 0.7, 0.6, 0.42, 0, 0)]))
proposals = [
    ("aaaaaaaaaa4", [(3, 0.05, 0.3)], [(3, 0.9, 1.0, 0.06, 0.29), (3, 0.6, 0.8, 0.1, 0.4), (0, 0.0, 0.0, 0.6, 0.9)]),
    ("aaaaaaaaaa5", [(7, 0.2, 0.4), (7, 0.6, 0.9)], [(7, 0.95, 1.0, 0.2, 0.385), (7, 0.5, 0.7, 0.55, 0.8), (0, 0.0, 0.0, 0.0, 0.1)]),
]
write("annotations/proposals/activitynet1.2_tag_val_normalized_proposal_list.txt.gz", "".join(
    f"# {number}\n{name}\n1\n1\n{len(truth)}\n" + "".join(f"{c} {s:.4f} {e:.4f}\n" for c, s, e in truth)
    + f"{len(found)}\n" + "".join(f"{c} {a:.4f} {b:.4f} {s:.4f} {e:.4f}\n" for c, a, b, s, e in found)
    for number, (name, truth, found) in enumerate(proposals, 1)))

# Breakfast: a label a frame, fifteen frames a second, with splits beside.
LABELS = ["SIL", "pour_milk", "stir", "take_cup", "pour_coffee", "spoon_sugar"]
breakfast = {"splits/mapping_bf.txt": "".join(f"{number} {label}\n" for number, label in enumerate(LABELS))}
for index in range(12):
    frames = []
    for k in range(5 + index % 3):
        label = "SIL" if k == 0 else LABELS[1 + (index + 2 * k) % 5]
        frames += [label] * (20 + (31 * k + 17 * index) % 50)
    breakfast[f"groundTruth/P{20 + index // 2}_cam01_P{20 + index // 2}_{'tea' if index % 2 else 'milk'}.txt"] = "\n".join(
        frames + ["SIL"] * 12) + "\n"
archive("annotations/breakfast/breakfast_groundTruth_splits.tar.gz", breakfast)

# Label files of tools. The expectations stand in MANIFEST.csv, as in the shared folder: what a person reads in the text below.
SIMPLE = {
    "audacity/two.txt": ("0.5\t2.25\tjump\n3.0\t4.5\trun\n", "videos=1; segments=2; first=0.5 2.25 jump"),
    "audacity/spectral.txt": (
        "1.25\t2.5\tcall\n\\\t440.000000\t880.500000\n4.0\t6.75\tcall\n\\\t100.000000\t200.000000\n",
        "videos=1; segments=2; first=1.25 2.5 call"),
    "subtitles/one.srt": (
        "\ufeff1\n00:00:01,500 --> 00:00:03,250\nopen_door\n\n2\n00:01:00,000 --> 00:01:02,125\nclose_door\n",
        "videos=1; segments=2; first=1.5 3.25 open_door"),
    "subtitles/one.vtt": (
        "WEBVTT\n\n00:00:00.360 --> 00:00:00.760\nHELLO\n\n00:00:02.000 --> 00:00:02.500\nHOUSE\n\n",
        "videos=1; segments=2; first=0.36 0.76 HELLO"),
    "praat/long.TextGrid": (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0 \nxmax = 4 \ntiers? <exists> \nsize = 1 \nitem []: \n'
        '    item [1]:\n        class = "IntervalTier" \n        name = "action" \n        xmin = 0 \n        xmax = 4 \n'
        '        intervals: size = 3 \n        intervals [1]:\n            xmin = 0 \n            xmax = 1.5 \n            text = "" \n'
        '        intervals [2]:\n            xmin = 1.5 \n            xmax = 2.75 \n            text = "wave" \n'
        '        intervals [3]:\n            xmin = 2.75 \n            xmax = 4 \n            text = "clap" \n',
        "videos=1; segments=2; first=1.5 2.75 wave"),
    "elan/two.eaf": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">\n'
        '  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">\n    <MEDIA_DESCRIPTOR MEDIA_URL="file:///videos/clip.mp4" MIME_TYPE="video/mp4"/>\n'
        '  </HEADER>\n  <TIME_ORDER>\n    <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="320"/>\n    <TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="2470"/>\n'
        '    <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="3000"/>\n  </TIME_ORDER>\n  <TIER LINGUISTIC_TYPE_REF="default" TIER_ID="Sign">\n'
        '    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">\n'
        '      <ANNOTATION_VALUE>sit</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>\n'
        '    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3">\n'
        '      <ANNOTATION_VALUE>stand</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>\n  </TIER>\n'
        '  <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="default" TIME_ALIGNABLE="true"/>\n</ANNOTATION_DOCUMENT>\n',
        "videos=1; segments=2; first=0.32 2.47 sit"),
    "boris/aggregated.csv": (
        "Observation id,Observation date,Description,Media file,Total length,FPS,Subject,Behavior,Behavioral category,Modifiers,"
        "Behavior type,Start (s),Stop (s),Duration (s),Comment start,Comment stop\n"
        "first,2026-01-01 10:00:00,,cage.mpg,60.000,25.0,mouse,Rear,,,STATE,5.500,7.250,1.750,,\n"
        "first,2026-01-01 10:00:00,,cage.mpg,60.000,25.0,mouse,Groom,,,STATE,9.000,12.500,3.500,,\n",
        "videos=1; segments=2; first=5.5 7.25 Rear"),
    "dataset_json/charades.json": (
        json.dumps({"CHAR1": {"subset": "training", "duration": 23.5, "actions": [[14, 1.5, 6.25], [7, 2.0, 9.0]]}}),
        "videos=1; segments=2; first=1.5 6.25 14"),
}
SPECIAL = {
    "cvat/volleyball_usa_hitting.xml": (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta><job><id>1</id><size>90</size>'
        '<start_frame>0</start_frame><stop_frame>89</stop_frame></job></meta>\n'
        '  <track id="0" label="approach" source="manual">\n'
        + "".join(f'    <box frame="{n}" keyframe="1" outside="{int(n == 40)}" occluded="0" xtl="1" ytl="1" xbr="9" ybr="9" z_order="0">'
                  "</box>\n" for n in [20, 30, 40])
        + '  </track>\n  <track id="1" label="jump" source="manual">\n'
        + "".join(f'    <box frame="{n}" keyframe="1" outside="{int(n == 60)}" occluded="0" xtl="1" ytl="1" xbr="9" ybr="9" z_order="0">'
                  "</box>\n" for n in [45, 60])
        + "  </track>\n</annotations>\n"),
    "50salads/rgb-01-1.txt": "1,60,action_start,0\n61,150,cut_tomato,4\n151,300,mix_dressing,15\n",
    "framelabels/P16_cam01_P16_cereals.txt": "\n".join(["SIL"] * 9 + ["pour_cereals"] * 21 + ["pour_milk"] * 15 + ["SIL"] * 5) + "\n",
    "onehot/daart_fly_2019_06_26.csv": ",background,still,walk\n" + "".join(
        f"{n},{int(n < 12)},{int(12 <= n < 20)},{int(n >= 20)}\n" for n in range(40)),
    "feral/feral_singlelabel.json": json.dumps({
        "class_names": {"0": "other", "1": "eating", "2": "sleeping"}, "is_multilabel": False,
        "labels": {"synthetic_00.mp4": [1] * 10 + [0] * 15 + [2] * 5, "synthetic_01.mp4": [2] * 20},
        "splits": {"train": ["synthetic_00.mp4"], "val": ["synthetic_01.mp4"], "test": []}}),
    "sheets/kth_sequences.txt": (
        "\nThis list is invented.\n\nTraining:   person11, 12\nValidation: person19\nTest:       person22\n\n\n"
        "person01_boxing_d1\t\tframes\t1-95, 96-185\nperson01_walking_d1\t\tframes\t1-75, 152-225, 325-400\n"),
    "labelstudio/ls_timeline_event.json": json.dumps({
        "annotation": {"id": 7, "result": [
            {"id": str(k), "type": "timelinelabels", "value": {"ranges": [{"start": start, "end": end}], "timelinelabels": [label]},
             "origin": "manual", "to_name": "video", "from_name": "videoLabels"}
            for k, (label, start, end) in enumerate([("Car", 1, 10), ("Bus", 5, 15)], 1)]},
        "task": {"id": 3, "data": {"video": "https://example.org/street.mp4"}},
        "label_config": '<View><TimelineLabels name="videoLabels" toName="video"><Label value="Car"/></TimelineLabels>'
                        '<Video name="video" value="$video" framerate="25.0"/></View>'}),
    "sheets/thumos14_tsp_cut.csv": (
        "video-name,t-start,t-end,action-label,video-duration,filename,fps,video-frames,temporal-region-label\n"
        "video_test_0000001,0.2,1.1,Billiards,33.7,video_test_0000001.mp4,30.0,1011,Action\n"
        "video_test_0000001,1.1,9.0,Billiards,33.7,video_test_0000001.mp4,30.0,1011,No action\n"
        "video_test_0000002,2.0,3.5,Diving,10.0,video_test_0000002.mp4,30.0,300,Action\n"),
    "sheets/tennis_segments.csv": "index,start_sec,end_sec,duration_sec\n0,1.500,7.220,5.720\n1,10.940,18.450,7.510\n",
    "sheets/sponsor_segments_no_header_cut.csv": "ccccccccc_1,12.918982,19.401,16\nccccccccc_2,42.505849,52.942778,56\n",
    "jwatcher/jwatcher_03_23_2013_b1F.dat": (
        "FirstLineOfData=25\n#-----------------------------------------------------------\n# Name: cage.dat\n# Format: Focal Data File 1.0\n"
        "# Updated: Thu Jan 01 10:00:00 UTC 2026\n#-----------------------------------------------------------\n \n"
        "FocalMasterFile=/cage.fmf\n \n# Observation started: Thu Jan 01 10:00:00 UTC 2026\nStartTime=1000\n"
        "# Observation stopped: Thu Jan 01 10:01:00 UTC 2026\nStopTime=61000\n \n" + "Answer.0.question=\n" * 10
        + "2847, h\n9000, w\n15500, g\n60000, EOF\n"),
    "other_audio/sppas_sample.ctm": (
        ";; a comment\n\nSHOW_1 1 1.0 0.2 ONE 0.98\nSHOW_1 1 2.0 0.2 TWO 0.97\n\nSHOW_2 1 1.0 0.2 THREE 0.94\n"
        "SHOW_2 1 * * <ALT_BEGIN> 0.92\nSHOW_2 1 1.5 0.2 FOUR 0.92\nSHOW_2 1 * * <ALT> 0.92\nSHOW_2 1 1.5 0.2 FIVE 0.92\n"
        "SHOW_2 1 * * <ALT_END> 0.92\n"),
    "boris/boris_test.boris": json.dumps({
        "time_format": "hh:mm:ss", "project_name": "invented", "project_date": "2026-01-01T00:00:00", "subjects_conf": {},
        "behavioral_categories": [], "coding_map": {}, "independent_variables": {}, "project_format_version": "7.0",
        "project_description": "", "converters": {},
        "behaviors_conf": {
            "0": {"type": "Point event", "key": "p", "code": "p", "description": "", "category": "", "modifiers": {}, "excluded": "",
                  "coding map": ""},
            "1": {"type": "State event", "key": "s", "code": "s", "description": "", "category": "", "modifiers": {}, "excluded": "",
                  "coding map": ""}},
        "observations": {
            "first": {"date": "2026-01-01T10:00:00", "file": {"1": ["cage.mp4"], "2": []}, "type": "MEDIA", "time offset": 0.0,
                      "independent_variables": {}, "description": "",
                      "events": [[3.3, "mouse", "s", "", ""], [5.0, "mouse", "p", "", ""], [7.75, "mouse", "s", "", ""],
                                 [9.0, "mouse", "s", "", ""]],
                      "media_info": {"length": {"cage.mp4": 60.0}, "fps": {"cage.mp4": 25.0}, "hasVideo": {"cage.mp4": True}}},
            "live": {"date": "2026-01-01T10:00:00", "file": [], "type": "LIVE", "time offset": 0.0, "independent_variables": {},
                     "description": "", "events": []}}}),
}
for name, (text, _) in SIMPLE.items():
    write("labels/" + name, text)
for name, text in SPECIAL.items():
    write("labels/" + name, text)
write("labels/MANIFEST.csv", "file,tool,source,licence,changed,expect\n" + "".join(
    f'{name},{name.split("/")[0]},invented,,,"{expect}"\n' for name, (_, expect) in SIMPLE.items()))
