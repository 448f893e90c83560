/* What an application can add to infer.c by being linked with it. */
#ifndef APPS_INFER_H
#define APPS_INFER_H

#include <stdint.h>

#include "firmware/hal/status.h"

/* Called before input number `input` is started on NPU number `npu`. Without one nothing is done. */
status_t infer_before_start(uint32_t npu, uint32_t input);

#endif /* APPS_INFER_H */
