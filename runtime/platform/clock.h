/* Elapsed time. */
#ifndef MS_PLATFORM_CLOCK_H
#define MS_PLATFORM_CLOCK_H

/* Seconds since some fixed moment; never runs backwards. */
double ms_clock_s(void);

#endif
