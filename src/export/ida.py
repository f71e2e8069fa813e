"""Function names that inquiry proposes, for IDA 7 to 9 (File > Script file).

Each is the name of a function of a known program that this one was found to
be, with the probability of that. It does nothing unless the file that is
loaded is one that the names are for, by its SHA-256; asks before it replaces
names that are there; and leaves alone what is no start of a function.
"""
import ida_bytes
import ida_funcs
import ida_kernwin
import ida_nalt
import ida_name

# A program: "@SHA-256|BASE|FILE"; BASE is the image base that its addresses count from, empty where unknown.
# A function: "ADDRESS|NAME|ORIGINAL NAME|LABEL|SAMPLE|PROBABILITY|how". %XX is a byte as it stands there.
ROWS = (
@ROWS@)


def rows_of(sha256):
    """The image base and the rows of the program with that digest; no rows where it is not here."""
    base, rows, mine = "", {}, False
    for row in ROWS:
        fields = row.split("|")
        if row.startswith("@"):
            mine = fields[0][1:] == sha256
            base = fields[1] if mine else base
        elif mine:
            rows.setdefault(fields[0], fields)
    return base, list(rows.values())


def loaded_sha256():
    digest = ida_nalt.retrieve_input_file_sha256()
    if not digest:
        return ""
    return digest.hex() if isinstance(digest, bytes) else "".join("%02x" % ord(c) for c in digest)


def is_name(current, name):
    """Whether it is that name, or what IDA makes of one that several functions have."""
    return current == name or (current.startswith(name + "_") and current[len(name) + 1:].isdigit())


def comment_of(fields):
    return "inquiry: %s of %s/%s, probability %s, %s" % tuple(fields[2:7])


def apply_names():
    base, rows = rows_of(loaded_sha256())
    if not rows:
        print("inquiry: no names for this file, by its SHA-256; nothing was done")
        return
    shift = ida_nalt.get_imagebase() - int(base, 16) if base else 0
    free, named, missing = [], [], 0
    for fields in rows:
        ea = int(fields[0], 16) + shift
        function = ida_funcs.get_func(ea)
        if function is None or function.start_ea != ea:
            missing += 1
        elif ida_bytes.has_user_name(ida_bytes.get_flags(ea)):
            if not is_name(ida_name.get_name(ea), fields[1]):
                named.append((ea, function, fields))
        else:
            free.append((ea, function, fields))
    if named and ida_kernwin.ask_yn(0, "%d of the functions have names already. Replace these?" % len(named)) == 1:
        free += named
        named = []
    done = 0
    for ea, function, fields in free:
        if not ida_name.set_name(ea, fields[1], ida_name.SN_NOWARN | ida_name.SN_FORCE):
            continue
        done += 1
        old = ida_funcs.get_func_cmt(function, False) or ""
        if comment_of(fields) not in old:
            ida_funcs.set_func_cmt(function, (old + "\n" if old else "") + comment_of(fields), False)
    print("inquiry: %d functions named, %d kept their names, at %d addresses no function starts"
          % (done, len(named), missing))


apply_names()
