/* What the harness has of the system: harness_posix.c, or web/harness_wasi.c. */
#ifndef MS_TESTS_HARNESS_SYSTEM_H
#define MS_TESTS_HARNESS_SYSTEM_H

enum test_outcome { TEST_PASSED, TEST_FAILED, TEST_LEFT_OUT };

/* Runs a case: passed if it returns, else what test_leave was called with. */
enum test_outcome test_run(void (*run)(void));
__attribute__((noreturn)) void test_leave(enum test_outcome outcome);

/* From now on, a crash ends the case as failed. */
void test_catch_crashes(void);

/* Those that test_folder made. */
void test_remove_folders(void);

/* Of harness.c: sets the message of the case at work, "crashed" and what follows; prints how it ended. */
void test_crashed(const char *what);
void test_print_outcome(enum test_outcome outcome);

#endif
