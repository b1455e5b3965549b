"""Reads traces PREFIX.0.et ... by the field numbers of Chakra's public et_def.proto and checks them against each other."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Inputs"))
from onnx_files import fields, varint  # noqa: E402


def messages(data):
    at = 0
    while at < len(data):
        size, at = varint(data, at)
        yield data[at : at + size]
        at += size
    assert at == len(data)


def attribute(data):
    found = list(fields(data))
    return found[0][2].decode(), (found[1][0], found[1][2])


KINDS = {"is_cpu_op": 27, "num_ops": 9, "comm_size": 9, "comm_src": 7, "comm_dst": 7, "comm_tag": 7, "comm_type": 9}
sent, received, sums = {}, {}, 0
collectives = []  # Bytes of each chip's part.
for rank in range(int(sys.argv[2])):
    with open(f"{sys.argv[1]}.{rank}.et", "rb") as file:
        metadata, *nodes = messages(file.read())
    assert [number for number, _, _ in fields(metadata)] == [1]
    ids = set()
    for node in nodes:
        values = [(number, value) for number, _, value in fields(node)]
        single = dict(values)
        attributes = dict(attribute(value) for number, value in values if number == 10)
        for name, (kind, _) in attributes.items():
            assert KINDS[name] == kind, name
        assert all(dependency in ids for number, dependency in values if number == 5), single
        assert single[1] not in ids
        ids.add(single[1])
        if single[3] == 4:
            sums += 1
            continue
        if single[3] == 7:
            assert attributes["comm_type"][1] == 0  # All-reduce.
            collectives.append(attributes["comm_size"][1])
            continue
        side, end = (sent, "comm_src") if single[3] == 5 else (received, "comm_dst")
        assert attributes[end][1] == rank
        tag = attributes["comm_tag"][1]
        assert tag not in side
        side[tag] = {name: attributes[name][1] for name in ("comm_size", "comm_src", "comm_dst")}
assert sent == received
print(f"{len(sent)} messages of {sum(message['comm_size'] for message in sent.values())} bytes, {sums} sums or works"
      + (f", {len(collectives)} parts of collectives of {sum(collectives)} bytes" if collectives else ""))
