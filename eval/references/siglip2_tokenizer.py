#!/usr/bin/env python3
"""Writes a small tokenizer of SigLIP 2's kind and what Hugging Face's library cuts texts into: siglip2_tokenizer.py OUT

Needs `tokenizers` (0.23.3 made the fixture). The pieces are learned from the documents of this repository as they are, so
later ones give others; the test only needs both files of one run. As in the published
files the marks come first, then the bytes, and the file itself does not ask for lower case, which the class of the tokenizer adds.
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
root = pathlib.Path(__file__).resolve().parents[2]
text = [line.lower() for file in sorted((root / "docs").glob("*.md")) for line in file.read_text().splitlines()]

marks = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
tokenizer.normalizer = normalizers.Replace(" ", "▁")
tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
trainer = trainers.BpeTrainer(
    vocab_size=900, special_tokens=marks + [f"<0x{byte:02X}>" for byte in range(256)], show_progress=False,
    limit_alphabet=70, max_token_length=16)
tokenizer.train_from_iterator(text, trainer)

# The trainer makes marks of the bytes; in the published files they are pieces like others, and some texts are added tokens.
state = json.loads(tokenizer.to_str())
state["added_tokens"] = [
    {"id": number, "content": mark, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    for number, mark in enumerate(marks)]
state["normalizer"] = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
size = len(state["model"]["vocab"])
for number, added in enumerate(["<table>", "<tab", "\n\n"]):
    state["model"]["vocab"][added] = size + number
    state["added_tokens"].append(
        {"id": size + number, "content": added, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False})
state["post_processor"] = {
    "type": "TemplateProcessing",
    "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<eos>", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"<eos>": {"id": "<eos>", "ids": [1], "tokens": ["<eos>"]}},
}
(out / "tokenizer.json").write_text(json.dumps(state, ensure_ascii=False, separators=(",", ":")))

reference = Tokenizer.from_str(json.dumps(state))
reference.normalizer = normalizers.Sequence([normalizers.Lowercase(), reference.normalizer])
reference.enable_truncation(64)
reference.enable_padding(length=64, pad_id=0, pad_token="<pad>")
texts = [
    "a person falls", "A Person FALLS.", "", " ", "  two  spaces ", "zürich 東京 ok", "naïve café", "cafe\u0301", "ΑΣ ΣΟΦΟΣ", "İstanbul",
    "two\nlines\tand tabs", "end\n\nof a paragraph", "a <table> and <tab and <eos> marks", "▁a thing", "😀 smiles 👩‍👩‍👧", "the the the",
    "ＦＵＬＬ width ½", "don't stop!", "\u0000\u0001", "detect detections of temporal action localization", "word " * 90,
    "the features of a video are stored in one file, and the head is trained on them",
]
(out / "texts.json").write_text(
    json.dumps({"texts": [{"text": text, "ids": reference.encode(text).ids} for text in texts]}, ensure_ascii=False, separators=(",", ":")))
