#!/usr/bin/env python3
"""Writes the man page of tal from what `tal --experimental-dump-help` prints: manual.py HELP.json VERSION DATE > tal.1"""

import json
import sys


def shown(command):
    """The arguments to list: help and version are said once, at the top."""
    common = {"help", "version"}
    return [
        argument
        for argument in command.get("arguments", [])
        if argument["shouldDisplay"] and not common & {name["name"] for name in argument.get("names") or []}
    ]


def roff(text):
    """Plain text for troff: no escapes, no requests."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\n".join("\\&" + line if line.startswith((".", "\\(aq")) else line for line in text.split("\n"))


def paragraphs(text):
    """Prose as paragraphs; indented lines, such as examples, as they are."""
    lines, literal = [], False
    for line in text.split("\n"):
        indented = line.startswith("  ")
        if indented != literal:
            lines.append(".RS 4\n.nf" if indented else ".fi\n.RE")
            literal = indented
        lines.append(roff(line[2:] if literal else line) if line.strip() else (".PP" if not literal else ""))
    if literal:
        lines.append(".fi\n.RE")
    return "\n".join(lines)


def spelling(name):
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def synopsis(command, path):
    parts = [f".B {roff(path)}"]
    if command.get("subcommands"):
        parts.append("\\fIsubcommand\\fR")
    for argument in shown(command):
        value = "\\fI" + roff(argument.get("valueName", "value")) + "\\fR"
        if argument["kind"] == "positional":
            text = value
        else:
            text = "\\fB" + roff(spelling(argument["preferredName"])) + "\\fR"
            if argument["kind"] == "option":
                text += " " + value
        if argument.get("isRepeating"):
            text += " ..."
        parts.append(f"[{text}]" if argument["isOptional"] else text)
    return "\n".join(parts)


def arguments(command):
    lines = []
    for argument in shown(command):
        value = "\\fI" + roff(argument.get("valueName", "value")) + "\\fR"
        if argument["kind"] == "positional":
            head = value
        else:
            head = ", ".join("\\fB" + roff(spelling(name)) + "\\fR" for name in argument["names"])
            if argument["kind"] == "option":
                head += " " + value
        text = argument.get("abstract", "")
        if argument.get("defaultValue"):
            text += f" (default: {argument['defaultValue']})"
        lines += [".TP", head, roff(text) or "\\&"]
    return "\n".join(lines)


def sections(command, path):
    if not command.get("shouldDisplay", True) or path.endswith(" help"):
        return
    yield f".SS {roff(path)}"
    yield roff(command.get("abstract", ""))
    yield ".PP"
    yield synopsis(command, path)
    if command.get("discussion"):
        yield ".PP"
        yield paragraphs(command["discussion"])
    if shown(command):
        yield arguments(command)
    for inner in command.get("subcommands", []):
        yield from sections(inner, f"{path} {inner['commandName']}")


def page(command, version, date):
    yield f'.TH TAL 1 "{date}" "tal {version}" "User Commands"'
    yield ".SH NAME"
    yield "tal \\- find which actions happen in untrimmed video, and when"
    yield ".SH SYNOPSIS"
    yield ".B tal\n\\fIsubcommand\\fR [\\fIoptions\\fR]"
    yield ".SH DESCRIPTION"
    yield roff(command.get("abstract", ""))
    yield ".PP"
    yield paragraphs(command.get("discussion", ""))
    yield ".PP"
    yield roff("Every command has --help; tal --version says what the program was made of.")
    yield ".SH COMMANDS"
    for inner in command.get("subcommands", []):
        yield from sections(inner, f"tal {inner['commandName']}")
    yield ".SH FILES"
    yield ".TP\n\\fI../share/tal\\fR\nFrom the folder of the program: configurations, models and lists of data that are found by name."


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        root = json.load(file)["command"]
    print("\n".join(line for line in page(root, sys.argv[2], sys.argv[3]) if line))
