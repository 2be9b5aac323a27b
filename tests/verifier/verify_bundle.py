"""A second verifier of bundles, written from docs/format.md with the standard library alone.

verify_bundle.py KEYS BUNDLE... prints one word for each bundle: holds, or why it does not. Exit code 0 when all hold.
"""

import base64
import functools
import hashlib
import json
import re
import struct
import sys

# Ed25519, RFC 8032, section 5.1, over affine points: slow and plain.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover_x(y, sign) if y < P else None
    return None if x is None else (x, y)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - t, -1, P)
    return x % P, y % P


def times(n, a):
    total = (0, 1)
    while n:
        if n & 1:
            total = add(total, a)
        a, n = add(a, a), n >> 1
    return total


BASE_Y = 4 * pow(5, -1, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def encoded(a):
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


@functools.cache
def signed(public, message, signature):
    key, s = point(public), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - key[0], key[1])
    return encoded(add(times(s, BASE), times(k, minus))) == signature[:32]


class NotProven(Exception):
    """Why a bundle does not hold, in one word of docs/format.md."""


def demand(holds, why="malformed"):
    if not holds:
        raise NotProven(why)


def sha256(data):
    return hashlib.sha256(data).digest()


def frame(*texts):
    data = [text.encode() for text in texts]
    return b"".join(struct.pack(">I", len(part)) + part for part in data)


def unbase64(text):
    demand(isinstance(text, str) and text.isascii())
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = None
    demand(data is not None and base64.b64encode(data).decode() == text)
    return data


def parse_keys(text):
    keys = []
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", line)
        demand(match)
        name, material = match[1], unbase64(match[3])
        demand(len(material) == 33 and material[0] == 1 and key_id(name, material[1:], 1).hex() == match[2])
        keys.append((name, material[1:]))
    demand(keys)
    return keys


def key_id(name, public, kind):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def checkpoint(note, keys):
    """The origin, size and root of a checkpoint that one of the keys signed."""
    demand(isinstance(note, str) and not re.search(r"[\x00-\x09\x0b-\x1f]", note) and note.endswith("\n"))
    end = note.rfind("\n\n")
    demand(end >= 0)
    text, lines = note[: end + 1], note[end + 2 : -1].split("\n")
    signatures = []
    for line in lines:
        match = re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line)
        demand(match)
        data = unbase64(match[2])
        demand(len(data) > 4)
        signatures.append((match[1], data[:4], data[4:]))
    demand(len(signatures) <= 100)
    match = re.fullmatch(r"([^\n]+)\n([1-9][0-9]*)\n([^\n]+)\n", text)
    demand(match)
    origin, size, root = match[1], int(match[2]), unbase64(match[3])
    demand(size < 2**53 and len(root) == 32)

    own, signers = None, 0
    for name, public in keys:
        found = [s for n, i, s in signatures if (n, i) == (name, key_id(name, public, 1))]
        demand(all(signed(public, text.encode(), s) for s in found), "bad-signature")
        signers += len(found)
        own = public if found and name == origin else own
    demand(signers, "unknown-key")
    demand(own, "other-origin")
    for name, ident, data in signatures:
        if (name, ident) == (origin, key_id(origin, own, 4)):
            seconds = struct.unpack(">Q", data[:8])[0] if len(data) >= 8 else 2**53
            message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
            demand(seconds < 2**53 and signed(own, message, data[8:]), "bad-signature")
    return origin, size, root


def node(left, right):
    return sha256(b"\x01" + left + right)


def check_inclusion(index, size, leaf, proof, root):
    why = "not-included"
    demand(index < size, why)
    at, last, value = index, size - 1, leaf
    for sibling in proof:
        demand(last, why)
        if at & 1 or at == last:
            value = node(sibling, value)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            value = node(value, sibling)
        at, last = at >> 1, last >> 1
    demand(last == 0 and value == root, why)


def check_consistency(first, first_root, second, second_root, proof):
    why = "not-consistent"
    demand(first <= second, why)
    if first == second:
        demand(not proof and first_root == second_root, why)
        return
    path = [first_root, *proof] if first & (first - 1) == 0 else proof
    demand(path, why)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        demand(last, why)
        if at & 1 or at == last:
            before, after = node(sibling, before), node(sibling, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, sibling)
        at, last = at >> 1, last >> 1
    demand(last == 0 and before == first_root and after == second_root, why)


def members(value, *names):
    demand(isinstance(value, dict) and set(value) == set(names))
    return [value[name] for name in names]


def integer(value, least):
    """JSON has one kind of number: 5.0 is 5."""
    demand(isinstance(value, (int, float)) and not isinstance(value, bool))
    demand(value == value and abs(value) < 2**53 and value == int(value) and value >= least)
    return int(value)


def proof_of(value):
    demand(isinstance(value, list))
    hashes = [unbase64(one) for one in value]
    demand(all(len(one) == 32 for one in hashes))
    return hashes


def parse(text):
    kind, note, events, earlier = members(json.loads(text), "format", "checkpoint", "events", "earlier")
    demand(kind == "tagledger/bundle/v1" and isinstance(note, str))
    demand(isinstance(events, list) and isinstance(earlier, list) and events + earlier)
    parsed = []
    for event in events:
        stream, seq, prev, digest, body, index, proof = members(
            event, "stream", "seq", "prev", "hash", "body", "index", "proof"
        )
        demand(isinstance(stream, str) and isinstance(body, str))
        frame(stream, body)
        for one in (prev, digest):
            demand(isinstance(one, str) and re.fullmatch(r"[0-9a-f]{64}", one))
        parsed.append((stream, integer(seq, 1), prev, digest, body, integer(index, 0), proof_of(proof)))
    before = [(one, proof_of(proof)) for one, proof in (members(each, "checkpoint", "proof") for each in earlier)]
    demand(all(isinstance(one, str) for one, _ in before))
    return note, parsed, before


def verify(text, keys):
    note, events, earlier = parse(text)
    origin, size, root = checkpoint(note, keys)
    last = None
    for stream, seq, prev, digest, body, index, proof in events:
        demand(last is None or (last[0], last[1] + 1) == (stream, seq))
        framed = frame("tagledger/event/v1", stream, str(seq), prev, body)
        demand(sha256(framed).hex() == digest, "bad-hash")
        demand(prev == last[2] if last else seq > 1 or prev == "0" * 64, "bad-chain")
        leaf = sha256(b"\x00" + frame("tagledger/leaf/v1", stream, str(seq), digest))
        check_inclusion(index, size, leaf, proof, root)
        last = (stream, seq, digest)
    for one, proof in earlier:
        before, before_size, before_root = checkpoint(one, keys)
        demand(before == origin, "other-origin")
        check_consistency(before_size, before_root, size, root, proof)


def verdict(bundle, keys):
    try:
        with open(keys, encoding="utf-8", newline="") as file:
            trusted = parse_keys(file.read())
        with open(bundle, encoding="utf-8", newline="") as file:
            verify(file.read(), trusted)
    except NotProven as error:
        return str(error)
    except ValueError:
        return "malformed"
    return "holds"


if __name__ == "__main__":
    verdicts = [verdict(bundle, sys.argv[1]) for bundle in sys.argv[2:]]
    print("\n".join(verdicts))
    sys.exit(any(one != "holds" for one in verdicts))
