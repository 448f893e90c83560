"""Job images taken apart by the contract, docs/job_format.md, sharing nothing with the simulator."""
import struct
import zlib

BARRIER, RING, LAYER, TILE = range(4)
CONVOLUTION, DEPTHWISE, FULLY_CONNECTED, MAX_POOL, AVERAGE_POOL, REQUANTISE, ADD = range(7)
TWOS_COMPLEMENT, BINARY, TERNARY = range(3)
NONE, MULTIPLY, MULTIPLY_TFLITE, THRESHOLDS = range(4)
BASE_JOB, BASE_INPUT, BASE_OUTPUT, BASE_FEATURES, BASE_WEIGHTS, BASE_BUFFER = 1, 2, 3, 5, 6, 7
MEMORY_FEATURES = 0

HEADER = struct.Struct("<IHH13I")
COMMON = "kind wait_token signal_token slot wait_count signal_count layer "
COMMANDS = {
    BARRIER: (struct.Struct("<4B3H54x"), COMMON),
    RING: (struct.Struct("<4B3H2B2I44x"), COMMON + "ring memory begin bits"),
    LAYER: (struct.Struct("<4B3H2B6H8B2h4B3h2B2H3I"), COMMON +
            "op flags in_h in_w in_c out_h out_w out_c kernel_h kernel_w stride_h stride_w pad_top pad_left in_bits out_bits "
            "in_zero out_zero weight_bits weight_encoding requantisation second_bits second_zero in_scale second_scale "
            "in_out_ring second_ring in_masked out_masked in_offset out_offset second_offset"),
    TILE: (struct.Struct("<4B3H2B2I4H3I24x"), COMMON +
           "flags partial_ring first_pixel pixels first_channel channels first_input inputs weights_offset table_offset "
           "partial_offset"),
}
DESCRIPTOR = struct.Struct("<4B2H10I2H12x")
DESCRIPTOR_FIELDS = ("source_base target_base wait_token signal_token wait_count signal_count source_offset target_offset "
                     "row_bytes rows planes source_row_stride target_row_stride source_plane_stride target_plane_stride "
                     "next layer flags").split()


class Job:
    def __init__(self, image: bytes):
        (magic, self.version, self.core, self.geometry, crc, size, commands, command_count, descriptors, descriptor_count,
         _, _, self.input_bytes, self.output_bytes, _, self.layer_count) = HEADER.unpack_from(image)[:16]
        assert magic == 0x4a4e5243 and self.version == 3 and size == len(image)
        assert zlib.crc32(image[:12] + bytes(4) + image[16:]) == crc
        self.image, self.commands, self.descriptors, offset = image, [], [], 0
        for i in range(command_count):
            layout, fields = COMMANDS[image[commands + 64 * i]]
            self.commands.append(dict(zip(fields.split(), layout.unpack_from(image, commands + 64 * i))))
        for _ in range(descriptor_count):
            d = dict(zip(DESCRIPTOR_FIELDS, DESCRIPTOR.unpack_from(image, descriptors + offset)))
            self.descriptors.append(d)
            offset = d["next"]

    def of_kind(self, kind: int) -> list[dict]:
        return [c for c in self.commands if c["kind"] == kind]
