"""Word pieces of odd texts by the `tokenizers` package, as a reference for WordPieceTokenizer.

usage: svilm_wordpiece.py bert_base_uncased_vocab.txt > Tests/Fixtures/svilm/wordpiece.json
"""

import json
import sys

from tokenizers import BertWordPieceTokenizer

TEXTS = [
    "A red circle spins clockwise.",
    "Déjà vu: naïve café, Ångström, ÉCOLE",
    "unaffable unbelievably antidisestablishmentarianism",
    "don't stop-me now!!! (really?) [no] {yes} <tag> a_b ~ ` ^ | $5 + 3 = 8",
    "中文字符 and 日本語テキスト mixed한국어 text",
    "tab\tnew\nline\rreturn\u00a0nbsp\u2003em\u3000ideographic\u2028line\u2029par",
    "con\u0000trol\u0007bell\u200bzero\u200dwidth\ufeffbom\u00adsoft\ufffdreplacement",
    "x" * 100 + " " + "x" * 101,
    "emoji 😀 👩‍👩‍👧 and ✓ ™ © … — “quoted” ‘single’ «guillemets»",
    "",
    "   ",
    "ÀÉÎÕÜ ß ſ ǅ ﬁ Ⅷ ½ ² ½",
    "İstanbul Iğdır",
    "e\u0301 a\u0308\u0323 \u0301lone",
    "привет мир Ελληνικα עברית العربية हिन्दी ไทย",
    "豈\uf900\U0002f800 \U00020000\U0002a700",
    "100,000.50 1e-5 v2.0 #tag @user http://example.com/a?b=c&d=e",
    "．，！？（）［］",
    "the\u0336 s\u0337t\u0338r",
    "[CLS",
    "\u02b0\u02bc modifier \u0e31 \u20dd enclosing",
    "private\ue000use \U000f0000",
]

tokenizer = BertWordPieceTokenizer(sys.argv[1], lowercase=True)
cases = []
for text in TEXTS:
    encoding = tokenizer.encode(text, add_special_tokens=False)
    cases.append({"text": text, "pieces": encoding.tokens, "ids": encoding.ids})
json.dump(cases, sys.stdout, ensure_ascii=True, indent=0)
