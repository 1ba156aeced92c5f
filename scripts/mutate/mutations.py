"""mutations.py - every change that mutate may make to a C file, found by regular expressions over its tokens, and a file's
text with several changes behind switches.

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

# [start, end) becomes text; [low, high) is the statement or the whole expression around it, which a switch can choose.
Mutant = collections.namedtuple("Mutant", "path line kind start end text low high old new")

# Before the first line of a file with switches.
DECLARATION = ("extern int mutant_chosen; int mutant_reached(int number); "
               "\n#define mutant_is(number) (mutant_chosen ? mutant_chosen == (number) : mutant_reached(number))\n#line 1\n")


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


def is_assignment(code, at):
    return code[at] == "=" and code[at + 1] != "=" and (code[at - 1] not in "=!<>" or code[at - 2:at] in ("<<", ">>"))


def expression_around(code, start, end):
    """The bounds of the whole expression in which the operator at start is: an argument, a side of an assignment, …"""
    depth, low, high, closing = 0, start, end, 0
    while low:
        at, char = low - 1, code[low - 1]
        if char in ")]":
            closing = closing if depth else low
            depth += 1
        elif char in "([":
            depth -= 1
            if depth == 0 and re.search(r"\b(?:if|while|for|switch) $", code[max(0, at - 8):at]):
                low = closing
                break
            if depth < 0:
                break
        elif depth == 0 and (char in ";,{}?:" or is_assignment(code, at)):
            break
        low = at
    low += re.match(r"\s*(?:(?:return|else|do|case)\b\s*)*", code[low:start]).end()
    depth, stops = 0, ")]};," if code[start:end] in ("+=", "-=") else ")]};,?:"
    while high < len(code) and not (depth == 0 and code[high] in stops):
        depth += (code[high] in "([{") - (code[high] in ")]}")
        high += 1
    return low, high


def chooses_of_two(code, low, start, end, high):
    """Whether this is `a < b ? a : b` or alike, where it does not matter which of two equal values is taken."""
    left, right = (re.escape(" ".join(side.split())) for side in (code[low:start], code[end:high]))
    after = " ".join(code[high:high + 200].split())
    return code[start] in "<>" and re.match(rf"\? (?:{left} : {right}|{right} : {left})(?: \w+)?[;,)\]}}]", after) is not None


def with_switches(source, numbered):
    """The text with each of the numbered mutants behind mutant_is(number), every line where it was."""
    plain = HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()) if match.group()[0] == "/" else match.group(), source)

    def render(low, high, inside):
        text = ""
        while inside:
            number, mutant = inside[0]
            within = [item for item in inside[1:] if item[1].low < mutant.high]
            assert all(item[1].high <= mutant.high for item in within)
            inside = inside[1 + len(within):]
            text += source[low:mutant.low]
            low = mutant.high
            original = render(mutant.low, mutant.high, within)
            changed = (plain[mutant.low:mutant.start] + mutant.text + plain[mutant.end:mutant.high]).replace("\n", " ")
            if mutant.kind == "statement":
                text += f"{{ if (!mutant_is({number})) {{ {original} }} }}"
            elif mutant.kind == "condition":
                text += f"mutant_is({number}) != !!({original})"
            else:
                text += f"(mutant_is({number}) ? ({changed}) : ({original}))"
        return text + source[low:high]

    order = sorted(numbered, key=lambda item: (item[1].low, -item[1].high))
    return DECLARATION + render(0, len(source), order)


def mutants_of(path, source):
    """The changes to the text of the file `path`, in order."""
    code = HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
    starts = [0] + [match.end() for match in re.finditer("\n", code)]
    places = []

    def add(kind, start, end, text, low=None, high=None):
        places.append((start, kind, end, text, start if low is None else low, high or end))

    for match in TOKEN.finditer(code):
        token, start, end = match.group(), match.start(), match.end()
        line_before = code[code.rfind("\n", 0, start) + 1:start]
        binary = code[start - 1:start] == " " and code[end:end + 1] == " "
        if token in COMPARISONS and binary:
            low, high = expression_around(code, start, end)
            if not chooses_of_two(code, low, start, end, high):
                add("comparison", start, end, COMPARISONS[token], low, high)
        elif token in OPERATORS and binary and not (token == "*" and is_type(code, start)) and not BUFFER.search(line_before):
            add("operator", start, end, OPERATORS[token], *expression_around(code, start, end))
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
            indent = len(line) - len(line.lstrip())
            add("statement", start, end, " " * indent + ";", start + indent)

    found = []
    for start, kind, end, text, low, high in sorted(places):
        number = code.count("\n", 0, start)
        last = source.find("\n", end)
        old = source[starts[number]:last]
        new = source[starts[number]:start] + text + source[end:last]
        in_function = re.search(r"^\{", code[:start], re.M)
        if not NEVER.search(old) and in_function:
            found.append(Mutant(path, number + 1, kind, start, end, text, low, high, " ".join(old.split()), " ".join(new.split())))
    return found
