"""mutations.py - every change that mutate may make to a C file, found by regular expressions over its tokens.

Conditions are negated, comparisons shifted, operators and status values swapped, small integers changed by 1 and other
numbers by a factor of 2, and statements dropped. Comments, texts, the preprocessor and what lies before the first
function stay as they are.
"""

import collections
import re

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
OPERATORS = {"&&": "||", "||": "&&", "+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+="}
WORDS = {"true": "false", "false": "true", "STATUS_OK": "STATUS_FAILED", "STATUS_FAILED": "STATUS_OK",
         "STATUS_USAGE": "STATUS_FAILED", "STATUS_WRONG": "STATUS_FAILED", "STATUS_NO_MEMORY": "STATUS_FAILED",
         "STATUS_NOT_COMPARABLE": "STATUS_FAILED", "STATUS_PUBLISH_FAILED": "STATUS_FAILED",
         "STATUS_INTERRUPTED": "STATUS_FAILED"}
HIDDEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#(?:\\\n|[^\n])*', re.S | re.M)
TOKEN = re.compile(r"->|<<=?|>>=?|\+\+|--|[-+*/&|<>=!]=|&&|\|\||[-+*/<>]|\b\d+(?:\.\d*)?(?:e[-+]?\d+)?[uUlLfF]*\b|\b[A-Za-z_]\w*")
CONDITION = re.compile(r"\b(if|while) \(")
STATEMENT = re.compile(r"^ +(?:[\w>.\[\]*-]+ (?:[-+|&*/]?=) .*|[\w]+\(.*\)|[\w>.\[\]-]+(?:\+\+|--)|\+\+\w+);$")
# A leak is for LeakSanitizer to find, and a wrong signal or removal could harm the machine.
NEVER = re.compile(r"\bkill\(|killpg|unlink|\bremove\(|rename\(|rmdir|fork\(|exec[lv]p?e?\(|_exit|setrlimit|_Static_assert")
RELEASE = re.compile(r"^ *(?:free|fclose|close|closedir|dlclose|json_decref|\w+_free|\w+_end|need_stream_end)\(")

BUFFER = re.compile(r"\b(?:char|double|float|nanos|u?int\d*_t|size_t|struct \w+) \*?\w+\[[^\n]*$")

Mutant = collections.namedtuple("Mutant", "path line kind start end text old new")


def is_type(code, start):
    """Whether the * at start belongs to a pointer's type or reads through one."""
    after, before = code[start + 1:start + 2], code[:start].rstrip()[-1:]
    return after != " " or not (before.isalnum() or before in ")]_")


def changes_of(token, before):
    """Small integers change by 1, others by a factor; sizes of buffers and {0} stay."""
    if BUFFER.search(before) or before.endswith("{") or re.search(r"snprintf\([^;,()]*, $", before):
        return []
    value = float(re.match(r"[\d.]+(?:e[-+]?\d+)?", token).group())
    if value > 100 or re.search(r"[.e]", token):
        return ["* 2", "/ 2"] if value else []
    return ["+ 1", "- 1"] if value else ["+ 1"]


def mutants_of(path, source):
    """The changes to the text of the file `path`, in order."""
    code = HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
    starts = [0] + [match.end() for match in re.finditer("\n", code)]
    places = []

    def add(kind, start, end, text):
        places.append((start, kind, end, text))

    for match in TOKEN.finditer(code):
        token, start, end = match.group(), match.start(), match.end()
        line_before = code[code.rfind("\n", 0, start) + 1:start]
        binary = code[start - 1:start] == " " and code[end:end + 1] == " "
        if token in COMPARISONS and binary:
            add("comparison", start, end, COMPARISONS[token])
        elif token in OPERATORS and binary and not (token == "*" and is_type(code, start)) and not BUFFER.search(line_before):
            add("operator", start, end, OPERATORS[token])
        elif token in WORDS and not re.match(r"\s*:", code[end:]):
            add("value", start, end, WORDS[token])
        elif token[0].isdigit() and not re.match(r"\s*:", code[end:]):
            for change in changes_of(token, code[:start]):
                add("constant", start, end, f"({token} {change})")
    for match in CONDITION.finditer(code):
        depth, at = 1, match.end()
        while depth and at < len(code):
            depth += {"(": 1, ")": -1}.get(code[at], 0)
            at += 1
        add("condition", match.end(), at - 1, f"!({source[match.end():at - 1]})")
    for number, start in enumerate(starts):
        end = starts[number + 1] - 1 if number + 1 < len(starts) else len(code)
        before = code[:start].rstrip()
        line = source[start:end]
        if STATEMENT.match(code[start:end].rstrip()) and before[-1:] in (";", "{", "}", ")") and not RELEASE.match(line):
            add("statement", start, end, re.match(" *", line).group() + ";")

    found = []
    for start, kind, end, text in sorted(places):
        number = code.count("\n", 0, start)
        last = source.find("\n", end)
        old = source[starts[number]:last]
        new = source[starts[number]:start] + text + source[end:last]
        in_function = re.search(r"^\{", code[:start], re.M)
        if not NEVER.search(old) and in_function:
            found.append(Mutant(path, number + 1, kind, start, end, text, " ".join(old.split()), " ".join(new.split())))
    return found
