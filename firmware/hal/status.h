/* Result codes: what every driver function that can fail returns. */
#ifndef HAL_STATUS_H
#define HAL_STATUS_H

typedef enum status {
  STATUS_OK = 0,
  STATUS_BAD_ARG,             /* a precondition failed; the hardware was not touched */
  STATUS_BUSY,                /* try again later; no side effects */
  STATUS_NOT_FOUND,           /* the device at this address is another one */
  STATUS_BAD_VERSION,         /* device or job of a version that this driver does not know */
  STATUS_BAD_MAGIC,           /* not a job image */
  STATUS_BAD_LAYOUT,          /* the job image's parts do not lie inside it */
  STATUS_BAD_CRC,             /* the job image is damaged */
  STATUS_WRONG_CORE,          /* the job was built for another core */
  STATUS_WRONG_CONFIGURATION, /* the job was built for another configuration of this core */
} status_t;

#define STATUS_MUST_CHECK __attribute__((warn_unused_result))

#endif /* HAL_STATUS_H */
