#include "firmware/drivers/npu.h"

#include "firmware/hal/mmio.h"
#include "job_format.h" /* generated */

enum { MAGIC = 0xca17, VERSION = 2 };

_Static_assert(NPU_EVENT_DONE == NPU_IRQ_STATUS_DONE_MASK &&
                   NPU_EVENT_ERROR == NPU_IRQ_STATUS_ERROR_MASK,
               "events are the bits of irq_status");
_Static_assert(sizeof(job_command_t) == sizeof(job_descriptor_t), "the lists have equal entries");

static const uint32_t all_events = NPU_EVENT_DONE | NPU_EVENT_ERROR;

static uint32_t get(const npu_t* npu, uint32_t offset) {
  return mmio_read32(npu->base + offset);
}

static void set(const npu_t* npu, uint32_t offset, uint32_t value) {
  mmio_write32(npu->base + offset, value);
}

status_t npu_probe(npu_t* npu, uintptr_t base) {
  const uint32_t id = mmio_read32(base + NPU_ID_OFFSET);
  if (id >> NPU_ID_MAGIC_SHIFT != MAGIC) return STATUS_NOT_FOUND;
  const uint32_t capability = mmio_read32(base + NPU_CAPABILITY_OFFSET);
  if ((id & NPU_ID_VERSION_MASK) != VERSION ||
      capability >> NPU_CAPABILITY_JOB_VERSION_SHIFT != JOB_VERSION)
    return STATUS_BAD_VERSION;

  *npu = (npu_t){
      .base = base,
      .core = (id & NPU_ID_CORE_MASK) >> NPU_ID_CORE_SHIFT,
      .geometry_hash = mmio_read32(base + NPU_GEOMETRY_OFFSET),
      .feature_bits = capability & NPU_CAPABILITY_FEATURE_BITS_MASK,
      .weight_bits =
          (capability & NPU_CAPABILITY_WEIGHT_BITS_MASK) >> NPU_CAPABILITY_WEIGHT_BITS_SHIFT,
      .features_bytes = mmio_read32(base + NPU_FEATURES_BYTES_OFFSET),
      .weights_bytes = mmio_read32(base + NPU_WEIGHTS_BYTES_OFFSET),
      .buffer_bytes = mmio_read32(base + NPU_BUFFER_BYTES_OFFSET),
  };
  return STATUS_OK;
}

/* Whether `count` entries of a list from `offset` on are aligned and lie in the image. */
static bool list_inside(uint32_t offset, uint32_t count, uint32_t image_bytes) {
  const uint32_t entry = sizeof(job_command_t);
  return offset % entry == 0 && offset <= image_bytes && count <= (image_bytes - offset) / entry;
}

static bool layout_is_sound(const job_header_t* header, uint32_t bytes) {
  return bytes >= sizeof *header && header->image_bytes >= sizeof *header &&
         header->image_bytes <= bytes && header->setup_commands < header->command_count &&
         header->setup_descriptors <= header->descriptor_count &&
         (header->setup_commands == 0) == (header->setup_descriptors == 0) &&
         list_inside(header->command_offset, header->command_count, header->image_bytes) &&
         list_inside(header->descriptor_offset, header->descriptor_count, header->image_bytes);
}

/* The CRC of the whole image with the header's own field taken as zero. */
static uint32_t image_crc(const crc32_t* crc, const job_header_t* header) {
  static const uint32_t zero = 0;
  const uint8_t* image = (const uint8_t*)header;
  const uint32_t field = offsetof(job_header_t, crc);
  const uint32_t after = field + sizeof zero;
  uint32_t value = crc32_update(crc, CRC32_START, image, field);
  value = crc32_update(crc, value, &zero, sizeof zero);
  return ~crc32_update(crc, value, image + after, header->image_bytes - after);
}

status_t npu_check_job(const npu_t* npu, const crc32_t* crc, const void* image, uint32_t bytes,
                       npu_job_t* job) {
  const job_header_t* header = image;
  if ((uintptr_t)image % 4 != 0 || bytes < sizeof header->magic) return STATUS_BAD_ARG;
  if (header->magic != JOB_MAGIC) return STATUS_BAD_MAGIC;
  if (bytes < sizeof *header) return STATUS_BAD_LAYOUT;
  if (header->version != JOB_VERSION) return STATUS_BAD_VERSION;
  if (!layout_is_sound(header, bytes)) return STATUS_BAD_LAYOUT;
  if (image_crc(crc, header) != header->crc) return STATUS_BAD_CRC;
  if (header->core != npu->core) return STATUS_WRONG_CORE;
  if (header->geometry_hash != npu->geometry_hash) return STATUS_WRONG_CONFIGURATION;

  const uint32_t entry = sizeof(job_command_t);
  *job = (npu_job_t){
      .image_bytes = header->image_bytes,
      .command_offset = header->command_offset + header->setup_commands * entry,
      .command_count = header->command_count - header->setup_commands,
      .descriptor_offset = header->descriptor_offset + header->setup_descriptors * entry,
      .descriptor_count = header->descriptor_count - header->setup_descriptors,
      .setup_command_offset = header->command_offset,
      .setup_command_count = header->setup_commands,
      .setup_descriptor_offset = header->descriptor_offset,
      .setup_descriptor_count = header->setup_descriptors,
      .input_bytes = header->input_bytes,
      .output_bytes = header->output_bytes,
      .scratch_bytes = header->scratch_bytes,
  };
  return STATUS_OK;
}

status_t npu_enable_events(const npu_t* npu, uint32_t events) {
  if (events & ~all_events) return STATUS_BAD_ARG;
  set(npu, NPU_IRQ_ENABLE_OFFSET, events);
  return STATUS_OK;
}

static status_t set_commands(const npu_t* npu, uint32_t commands, uint32_t count, uint32_t events) {
  if (commands % sizeof(job_command_t) != 0 || count == 0 || (events & ~all_events))
    return STATUS_BAD_ARG;
  if (get(npu, NPU_STATUS_OFFSET) & NPU_STATUS_BUSY_MASK) return STATUS_BUSY;
  set(npu, NPU_COMMANDS_OFFSET, commands);
  set(npu, NPU_COMMAND_COUNT_OFFSET, count);
  return npu_enable_events(npu, events);
}

status_t npu_set_job(const npu_t* npu, uint32_t image, const npu_job_t* job, uint32_t events) {
  return set_commands(npu, image + job->command_offset, job->command_count, events);
}

status_t npu_set_setup(const npu_t* npu, uint32_t image, const npu_job_t* job, uint32_t events) {
  return set_commands(npu, image + job->setup_command_offset, job->setup_command_count, events);
}

status_t npu_start(const npu_t* npu) {
  if (get(npu, NPU_STATUS_OFFSET) & NPU_STATUS_BUSY_MASK) return STATUS_BUSY;
  set(npu, NPU_IRQ_STATUS_OFFSET, all_events);
  mmio_fence();
  set(npu, NPU_CTRL_OFFSET, NPU_CTRL_START_MASK);
  return STATUS_OK;
}

void npu_abort(const npu_t* npu) {
  set(npu, NPU_CTRL_OFFSET, NPU_CTRL_ABORT_MASK);
}

uint32_t npu_on_irq(const npu_t* npu) {
  const uint32_t events = get(npu, NPU_IRQ_STATUS_OFFSET) & all_events;
  if (events) set(npu, NPU_IRQ_STATUS_OFFSET, events);
  return events;
}

npu_error_t npu_last_error(const npu_t* npu) {
  return (npu_error_t){
      .code = get(npu, NPU_ERROR_CODE_OFFSET) & NPU_ERROR_CODE_CODE_MASK,
      .command = get(npu, NPU_ERROR_COMMAND_OFFSET),
      .address = get(npu, NPU_ERROR_ADDRESS_OFFSET),
  };
}

void npu_read_counters(const npu_t* npu, bool clear, npu_counters_t* counters) {
  set(npu, NPU_SNAPSHOT_OFFSET, NPU_SNAPSHOT_LATCH_MASK | (clear ? NPU_SNAPSHOT_CLEAR_MASK : 0u));
  for (uint32_t i = 0; i < NPU_COUNTERS; ++i)
    counters->value[i] =
        get(npu, NPU_COUNTER_LOW_OFFSET(i)) | (uint64_t)get(npu, NPU_COUNTER_HIGH_OFFSET(i)) << 32;
}
