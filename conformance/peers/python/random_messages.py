"""Sends random messages through a testee and compares what comes back, byte for byte.

The testee reads frames from its stdin and answers each on its stdout:
    request:  u32 length of the type's name, the name, u32 length of the message, the message
    answer:   twice (through the owned message, through the view): one byte, 0 for a message or 1 for an error;
              u32 length; the message, or the error's text
All integers are big-endian.
"""

import math
import random
import struct
import subprocess
import sys

from google.protobuf import descriptor as d
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from roundtrip import editions_pb2, proto2_pb2, proto3_pb2, subset_pb2

SEED = 1
# Messages of each type, and how many fields one may have, its own and those of the messages in it.
COUNT = 1000
BUDGETS = [3, 10, 30, 300]

INTEGERS = {
    d.FieldDescriptor.TYPE_INT32: (32, True), d.FieldDescriptor.TYPE_SINT32: (32, True),
    d.FieldDescriptor.TYPE_SFIXED32: (32, True), d.FieldDescriptor.TYPE_UINT32: (32, False),
    d.FieldDescriptor.TYPE_FIXED32: (32, False), d.FieldDescriptor.TYPE_INT64: (64, True),
    d.FieldDescriptor.TYPE_SINT64: (64, True), d.FieldDescriptor.TYPE_SFIXED64: (64, True),
    d.FieldDescriptor.TYPE_UINT64: (64, False), d.FieldDescriptor.TYPE_FIXED64: (64, False),
}
STRINGS = ["", "a", "ascii of middling length, more than a word", "ä", "價格", "😀" * 9, "\0", "x" * 127, "y" * 128, "é" * 300]
DOUBLES = [0.0, -0.0, 1.5, -1e300, 5e-324, math.inf, -math.inf, math.nan]
FLOATS = [0.0, -0.0, 1.5, -3.0000000054977558e38, 1.401298464324817e-45, math.inf, -math.inf, math.nan]


class Generator:
    """Fills messages with random values, of which many are the extreme ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.budget = 0

    def message(self, type, budget, depth=3):
        self.budget = budget
        return self.fill(type(), depth, self.random.choice([0.02, 0.1, 0.5, 1]))

    def fill(self, message, depth, density):
        extensions = message.DESCRIPTOR.file.extensions_by_name.values()
        fields = list(message.DESCRIPTOR.fields)
        fields += [extension for extension in extensions if extension.containing_type is message.DESCRIPTOR]
        self.random.shuffle(fields)
        for field in fields:
            if field.is_required or self.budget > 0 and self.random.random() < density:
                self.budget -= 1
                self.set(message, field, depth, density)
        return message

    def set(self, message, field, depth, density):
        nested = field.message_type
        if nested and nested.GetOptions().map_entry:
            self.set_map(getattr(message, field.name), nested, depth, density)
        elif field.is_repeated:
            values = message.Extensions[field] if field.is_extension else getattr(message, field.name)
            for _ in range(self.length()):
                if not nested:
                    values.append(self.scalar(field))
                elif depth > 0:
                    self.fill(values.add(), depth - 1, density)
        elif nested:
            if depth > 0 or field.is_required:
                value = getattr(message, field.name)
                value.SetInParent()
                self.fill(value, depth - 1, density)
        elif field.is_extension:
            message.Extensions[field] = self.scalar(field)
        else:
            setattr(message, field.name, self.scalar(field))

    def set_map(self, entries, entry, depth, density):
        key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
        for _ in range(self.length()):
            if not value.message_type:
                entries[self.scalar(key)] = self.scalar(value)
            elif depth > 0:
                self.fill(entries[self.scalar(key)], depth - 1, density)

    def length(self):
        length = self.random.choice([1, 1, 2, 3, 3] if self.random.random() < 0.9 else [20, 200])
        self.budget -= length
        return length

    def scalar(self, field):
        pick = self.random
        if field.type in INTEGERS:
            bits, signed = INTEGERS[field.type]
            low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
            value = pick.choice([0, 1, low, high, 127, 128, 16383, 16384, -1, pick.getrandbits(pick.randint(1, bits))])
            return max(low, min(high, value))
        if field.type == d.FieldDescriptor.TYPE_BOOL:
            return pick.random() < 0.5
        if field.type == d.FieldDescriptor.TYPE_STRING:
            return pick.choice(STRINGS)
        if field.type == d.FieldDescriptor.TYPE_BYTES:
            return pick.randbytes(pick.choice([0, 1, 15, 130, 5000] if pick.random() < 0.2 else [0, 1, 3]))
        if field.type == d.FieldDescriptor.TYPE_DOUBLE:
            return pick.choice(DOUBLES + [pick.uniform(-1e9, 1e9)])
        if field.type == d.FieldDescriptor.TYPE_FLOAT:
            return pick.choice(FLOATS)
        numbers = [value.number for value in field.enum_type.values]
        return pick.choice(numbers if field.enum_type.is_closed else numbers + [99, -99])


class Testee:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, name, message):
        name = name.encode()
        self.process.stdin.write(struct.pack(">I", len(name)) + name + struct.pack(">I", len(message)) + message)
        self.process.stdin.flush()
        answers = [self.answer(), self.answer()]
        for failed, text in answers:
            if failed:
                raise ValueError(text.decode())
        return [message for _, message in answers]

    def answer(self):
        head = self.process.stdout.read(5)
        if len(head) < 5:
            raise SystemExit(f"the testee ended with {self.process.wait()}")
        failed, length = struct.unpack(">BI", head)
        return failed, self.process.stdout.read(length)


def canonical(type, message):
    return type.FromString(message).SerializePartialToString(deterministic=True)


def messages(generator, source):
    """Messages of many sizes; the first is empty, where it may be."""
    if source().IsInitialized():
        yield source()
    for index in range(COUNT):
        yield generator.message(source, BUDGETS[index % len(BUDGETS)])


def same(testee, source, target):
    """What the testee makes of a message is what Python makes of it."""
    generator = Generator(SEED)
    for message in messages(generator, source):
        wire = message.SerializePartialToString(deterministic=True)
        expected = canonical(target, wire)
        for way, actual in zip(("message", "view"), testee.ask(target.DESCRIPTOR.full_name, wire)):
            assert actual == expected, difference(way, target, wire, expected, actual)


def merged(testee, source, target):
    """The same for messages that arrive in two halves, fields twice and out of order."""
    generator = Generator(SEED + 1)
    for index in range(COUNT // 2):
        halves = [generator.message(source, 100, depth=3 * (index % 2)) for _ in range(2)]
        wire = b"".join(half.SerializePartialToString(deterministic=True) for half in halves)
        expected = canonical(target, wire)
        for way, actual in zip(("message", "view"), testee.ask(target.DESCRIPTOR.full_name, wire)):
            # Maps keep the order of arrival, which Python does not know.
            actual = canonical(target, actual)
            assert actual == expected, difference(way, target, wire, expected, actual)


def rejected(testee, source, target):
    """A message without its required fields is an error."""
    try:
        testee.ask(target.DESCRIPTOR.full_name, b"")
    except ValueError as error:
        assert "required" in str(error), error
    else:
        raise AssertionError("accepted without its required fields")


def difference(way, type, wire, expected, actual):
    at = next((i for i, (a, b) in enumerate(zip(expected, actual)) if a != b), min(len(expected), len(actual)))
    excerpt = lambda message: message[max(0, at - 16) : at + 24].hex(" ")
    return (
        f"{type.DESCRIPTOR.full_name} through the {way} differs at byte {at} of {len(expected)}:\n"
        f"  expected … {excerpt(expected)} …\n  actual   … {excerpt(actual)} …\n  sent     {wire[:200].hex(' ')}"
    )


def main(program):
    testee = Testee(program)
    proto2, proto3, editions = proto2_pb2.Everything, proto3_pb2.Everything, editions_pb2.Everything
    some, none = subset_pb2.Some, getattr(subset_pb2, "None")
    pairs = [(type, type) for type in (proto2, proto3, editions, proto2_pb2.Required, editions_pb2.Strict)]
    # Senders that know more than the receiver: the rest survives as unknown fields.
    pairs += [(proto2, some), (proto3, some), (editions, some), (proto3, none), (proto2, none)]
    # Numbers that a closed enum does not know.
    pairs += [(open_twin(type), type) for type in (proto2, editions)]
    checks = [(check, *pair) for check in (same, merged) for pair in pairs]
    checks += [(rejected, target, target) for _, target in pairs if not target().IsInitialized()]
    failed = 0
    for check, source, target in checks:
        name = f"{check.__name__}: {source.DESCRIPTOR.full_name} → {target.DESCRIPTOR.full_name}"
        try:
            check(testee, source, target)
            print(f"ok {name}", flush=True)
        except (AssertionError, ValueError) as error:
            failed += 1
            print(f"FAIL {name}: {error}", flush=True)
    return min(1, failed)


def open_twin(type):
    """The same message with int32 in place of the enums that are not required."""
    file = descriptor_pb2.FileDescriptorProto()
    type.DESCRIPTOR.file.CopyToProto(file)
    file.name, file.package = "twin/" + file.name, file.package + ".twin"
    del file.extension[:]
    old = type.DESCRIPTOR.file.package

    def rename(message):
        for field in [*message.field, *message.extension]:
            # A required number that is not known counts as missing, which is another test.
            if field.type == field.TYPE_ENUM and field.label != field.LABEL_REQUIRED:
                field.type = field.TYPE_INT32
                field.ClearField("type_name")
                field.ClearField("default_value")
            elif field.type_name:
                field.type_name = field.type_name.replace(f".{old}.", f".{file.package}.")
        for nested in message.nested_type:
            rename(nested)

    for message in file.message_type:
        rename(message)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.{type.DESCRIPTOR.name}"))


sys.exit(main(sys.argv[1]))
