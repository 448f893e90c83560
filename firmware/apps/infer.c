/* Runs one job over every input that the boot information names, one start each, and sleeps while
 * NPU and DMA work. The result code goes to the boot information and to the finisher. */
#include <stddef.h>

#include "bootinfo_format.h" /* generated */
#include "firmware/apps/infer.h"
#include "firmware/boot/board.h"
#include "firmware/boot/interrupts.h"
#include "firmware/drivers/dma.h"
#include "firmware/drivers/npu.h"
#include "firmware/hal/console.h"
#include "firmware/hal/hart.h"
#include "firmware/hal/mmio.h"
#include "memory_map.h" /* generated */

typedef uint32_t result_t; /* BOOTINFO_RESULT_* */

static npu_t npu;
static npu_job_t job;
static dma_t dma;

static volatile uint32_t npu_events; /* taken by the handler, cleared before a start */
static volatile uint32_t dma_events;
static volatile uint32_t finished; /* all events are there, or an error is */

static bool has_failed(void) {
  return (npu_events & NPU_EVENT_ERROR) || (dma_events & DMA_EVENT_ERROR);
}

/* Serves both devices. A compiled job ends with a command that waits for the DMA's last byte, so
 * the NPU's interrupt is the job's; for a job that ends the other way round the DMA gets one of its
 * own. */
static void on_event(void* context) {
  (void)context;
  npu_events |= npu_on_irq(&npu);
  dma_events |= dma_on_irq(&dma);
  if (has_failed()) {
    finished = 1;
  } else if (npu_events & NPU_EVENT_DONE) {
    finished = dma_events & DMA_EVENT_DONE;
    if (!finished && dma_enable_events(&dma, DMA_EVENT_DONE | DMA_EVENT_ERROR) != STATUS_OK)
      board_exit(BOOTINFO_RESULT_DRIVER_ERROR);
  }
}

static bool is_bootinfo(const volatile bootinfo_t* info) {
  const uintptr_t address = (uintptr_t)info;
  return address >= CAIRN_DRAM_BASE && address % 4 == 0 && info->magic == BOOTINFO_MAGIC;
}

static result_t result_of(status_t status) {
  switch (status) {
    case STATUS_OK:
      return BOOTINFO_RESULT_OK;
    case STATUS_BAD_MAGIC:
    case STATUS_BAD_LAYOUT:
    case STATUS_BAD_CRC:
      return BOOTINFO_RESULT_BAD_JOB;
    case STATUS_BAD_VERSION:
      return BOOTINFO_RESULT_UNSUPPORTED_JOB;
    case STATUS_WRONG_CORE:
    case STATUS_WRONG_CONFIGURATION:
      return BOOTINFO_RESULT_WRONG_CORE;
    default:
      return BOOTINFO_RESULT_DRIVER_ERROR;
  }
}

static const char* reason_of(status_t status) {
  switch (status) {
    case STATUS_BAD_MAGIC:
      return "it is not a job image";
    case STATUS_BAD_LAYOUT:
      return "its parts do not lie inside it";
    case STATUS_BAD_CRC:
      return "its CRC does not match";
    case STATUS_BAD_VERSION:
      return "its version is unknown";
    case STATUS_WRONG_CORE:
      return "it was built for another core";
    case STATUS_WRONG_CONFIGURATION:
      return "it was built for another configuration of this core";
    case STATUS_NOT_FOUND:
      return "no such device";
    case STATUS_BUSY:
      return "the device is busy";
    default:
      return "bad argument";
  }
}

static result_t check_job(const volatile bootinfo_t* info) {
  static crc32_t crc;
  crc32_init(&crc);
  const void* image = (const void*)(uintptr_t)info->job_address;
  const status_t status = npu_check_job(&npu, &crc, image, info->job_bytes, &job);
  if (status != STATUS_OK)
    console_printf("job at %08lx refused: %s\n", (unsigned long)info->job_address,
                   reason_of(status));
  return result_of(status);
}

static status_t find_devices(uint32_t index) {
  if (index >= CAIRN_NPU_INSTANCES) return STATUS_NOT_FOUND;
  dma = (dma_t){CAIRN_DMA0_BASE, index};
  status_t status = npu_probe(&npu, CAIRN_NPU_BASE(index));
  if (status == STATUS_OK) status = dma_probe(&dma);
  if (status == STATUS_OK) status = interrupts_register(CAIRN_NPU_IRQ(index), on_event, NULL);
  if (status == STATUS_OK) status = interrupts_register(CAIRN_DMA0_IRQ, on_event, NULL);
  return status;
}

/* The windows that stay the same from start to start. */
static status_t set_regions(const volatile bootinfo_t* info) {
  const uint32_t image = info->job_address;
  const uint32_t n = info->npu;
  const struct {
    dma_region_t region;
    uint32_t address, bytes;
  } regions[] = {
      {DMA_REGION_JOB, image, job.image_bytes},
      {DMA_REGION_SCRATCH, info->scratch_address, job.scratch_bytes},
      {DMA_REGION_FEATURES, CAIRN_NPU_FEATURES_BASE(n), npu.features_bytes},
      {DMA_REGION_WEIGHTS, CAIRN_NPU_WEIGHTS_BASE(n), npu.weights_bytes},
      {DMA_REGION_BUFFER, CAIRN_NPU_BUFFER_BASE(n), npu.buffer_bytes},
  };
  status_t status = STATUS_OK;
  for (size_t i = 0; i < sizeof regions / sizeof regions[0] && status == STATUS_OK; ++i)
    status = dma_set_region(&dma, regions[i].region, regions[i].address, regions[i].bytes);
  return status;
}

static status_t set_job(uint32_t image) {
  status_t status = npu_set_job(&npu, image, &job, NPU_EVENT_DONE | NPU_EVENT_ERROR);
  if (status == STATUS_OK)
    status =
        dma_set_list(&dma, image + job.descriptor_offset, job.descriptor_count, DMA_EVENT_ERROR);
  return status;
}

/* What is loaded once and stays for all inferences. */
static status_t set_setup(uint32_t image) {
  status_t status = npu_set_setup(&npu, image, &job, NPU_EVENT_DONE | NPU_EVENT_ERROR);
  if (status == STATUS_OK)
    status = dma_set_list(&dma, image + job.setup_descriptor_offset, job.setup_descriptor_count,
                          DMA_EVENT_ERROR);
  return status;
}

/* The NPU first: its start zeroes the tokens that the DMA signals. */
static status_t start(uint32_t input, uint32_t output) {
  status_t status = dma_set_region(&dma, DMA_REGION_INPUT, input, job.input_bytes);
  if (status == STATUS_OK)
    status = dma_set_region(&dma, DMA_REGION_OUTPUT, output, job.output_bytes);
  npu_events = dma_events = finished = 0;
  if (status == STATUS_OK) status = npu_start(&npu);
  if (status == STATUS_OK) status = dma_start(&dma);
  return status;
}

static void write_error(volatile bootinfo_t* info, uint32_t code, uint32_t index,
                        uint32_t address) {
  info->error_code = code;
  info->error_index = index;
  info->error_address = address;
}

static result_t outcome(volatile bootinfo_t* info) {
  if (npu_events & NPU_EVENT_ERROR) {
    const npu_error_t error = npu_last_error(&npu);
    write_error(info, error.code, error.command, error.address);
    console_printf("npu%lu: error %lu at command %lu, address %08lx\n", (unsigned long)info->npu,
                   (unsigned long)error.code, (unsigned long)error.command,
                   (unsigned long)error.address);
    return BOOTINFO_RESULT_NPU_ERROR;
  }
  if (dma_events & DMA_EVENT_ERROR) {
    const dma_error_t error = dma_last_error(&dma);
    write_error(info, error.code, error.index, error.address);
    console_printf("dma0: error %lu at descriptor %lu of channel %lu, address %08lx\n",
                   (unsigned long)error.code, (unsigned long)error.index, (unsigned long)info->npu,
                   (unsigned long)error.address);
    return BOOTINFO_RESULT_DMA_ERROR;
  }
  return BOOTINFO_RESULT_OK;
}

__attribute__((weak)) status_t infer_before_start(uint32_t n, uint32_t input) {
  (void)n;
  (void)input;
  return STATUS_OK;
}

static result_t run_all(volatile bootinfo_t* info) {
  status_t status = set_regions(info);
  uint32_t input = info->input_address;
  uint32_t output = info->output_address;
  if (status == STATUS_OK && job.setup_command_count > 0) {
    status = set_setup(info->job_address);
    if (status == STATUS_OK) status = start(input, output);
    if (status == STATUS_OK) {
      hart_sleep_until(&finished);
      const result_t result = outcome(info);
      if (result != BOOTINFO_RESULT_OK) return result;
    }
  }
  if (status == STATUS_OK) status = set_job(info->job_address);
  const uint32_t count = info->count;
  for (uint32_t done = 0; done < count && status == STATUS_OK;) {
    status = infer_before_start(info->npu, done);
    if (status == STATUS_OK) status = start(input, output);
    if (status != STATUS_OK) break;
    hart_sleep_until(&finished);
    const result_t result = outcome(info);
    if (result != BOOTINFO_RESULT_OK) return result;
    info->done = ++done;
    input += info->input_stride;
    output += info->output_stride;
  }
  if (status != STATUS_OK) console_printf("start failed: %s\n", reason_of(status));
  return status == STATUS_OK ? BOOTINFO_RESULT_OK : BOOTINFO_RESULT_DRIVER_ERROR;
}

static result_t infer(volatile bootinfo_t* info) {
  if (info->version != BOOTINFO_VERSION) {
    console_printf("boot information of version %lu, not %u\n", (unsigned long)info->version,
                   BOOTINFO_VERSION);
    return BOOTINFO_RESULT_BAD_BOOTINFO;
  }
  const status_t status = find_devices(info->npu);
  if (status != STATUS_OK) {
    console_printf("npu%lu or its DMA channel: %s\n", (unsigned long)info->npu, reason_of(status));
    return BOOTINFO_RESULT_DRIVER_ERROR;
  }
  const result_t checked = check_job(info);
  if (checked != BOOTINFO_RESULT_OK) return checked;
  console_printf("npu%lu: core %lu, %lu commands, %lu descriptors, %lu inputs\n",
                 (unsigned long)info->npu, (unsigned long)npu.core,
                 (unsigned long)job.command_count, (unsigned long)job.descriptor_count,
                 (unsigned long)info->count);
  return run_all(info);
}

int main(uint32_t hart, volatile bootinfo_t* info) {
  (void)hart;
  board_init();
  if (!is_bootinfo(info)) {
    console_printf("no boot information at %08lx\n", (unsigned long)(uintptr_t)info);
    return BOOTINFO_RESULT_BAD_BOOTINFO;
  }
  const result_t result = infer(info);
  info->result = result;
  mmio_fence();
  return result == BOOTINFO_RESULT_OK ? 0 : (int)result;
}
