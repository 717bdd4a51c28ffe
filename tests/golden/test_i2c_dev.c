/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* I2C over /dev/i2c-<n>, against a fake kernel: the transfers, and each way in which a bus can be missing. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <glow/leds.h>

#include "fake_kernel.h"

static struct glow_i2c *bus;
static struct glow_diag diag;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	memset(&diag, 0, sizeof(diag));
	return 0;
}

static int fini(void **state)
{
	(void)state;
	fake_kernel_fini();
	return 0;
}

static int open_bus(void)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();

	return glow_i2c_open_dev(&cfg, 0x54, &bus, &diag);
}

static void assert_says(const char *words)
{
	if (!strstr(diag.what, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.what, words);
}

static void assert_silent(const char *words)
{
	if (strstr(diag.what, words))
		fail_msg("\"%s\" says \"%s\"", diag.what, words);
}

static void test_writes(void **state)
{
	static const uint8_t block[3] = { 1, 2, 3 };

	(void)state;
	fake_kernel_add_i2c();
	assert_int_equal(open_bus(), 0);
	assert_int_equal(fake_kernel.addr, 0x54);
	assert_int_equal(fake_kernel.questions, 1);
	assert_int_equal(fake_kernel.chip.n, 0); /* asking writes nothing */

	assert_int_equal(bus->ops->write(bus, 0x00, (const uint8_t[]){ 1 }, 1), 0);
	assert_int_equal(bus->ops->write(bus, 0x13, block, 3), 0);
	assert_int_equal(fake_kernel.chip.n, 2);
	assert_int_equal(fake_kernel.chip.reg[0], 1);
	assert_memory_equal(fake_kernel.chip.reg + 0x13, block, 3);
	assert_int_equal(bus->ops->write(bus, 0, block, 0), -EINVAL);
	assert_int_equal(bus->ops->write(bus, 0, block, 33), -EINVAL);

	fake_kernel.transfer_error = EREMOTEIO;
	assert_int_equal(bus->ops->write(bus, 0, block, 1), -EREMOTEIO);
	glow_i2c_close(bus);
}

/* A frame is one transfer and the latch: two system calls. */
/* promise: frame-cost */
static void test_calls_of_a_frame(void **state)
{
	static const uint8_t levels[GLOW_SN3218_OUTPUTS] = { 1, 2, 3 };
	struct glow_leds *leds;

	(void)state;
	fake_kernel_add_i2c();
	assert_int_equal(open_bus(), 0);
	assert_int_equal(glow_leds_open_sn3218(bus, &leds), 0);
	assert_int_equal(leds->ops->show(leds, levels), 0); /* the first starts the chip */
	fake_kernel.transfers = 0;
	assert_int_equal(leds->ops->show(leds, levels), 0);
	assert_int_equal(fake_kernel.transfers, 2);
	assert_int_equal(fake_sn3218_light(&fake_kernel.chip, 3), 3);
	glow_leds_close(leds);
	assert_int_equal(fake_kernel.transfers, 2);
}

/* How far the kernel got decides the advice. */
static void test_no_node(void **state)
{
	(void)state;
	assert_int_equal(open_bus(), -ENODEV);
	assert_says("dtparam=i2c_arm=on");
	assert_says("sudo modprobe i2c-dev");

	fake_kernel_add_file("sys/module/i2c_dev/refcnt", "0\n");
	assert_int_equal(open_bus(), -ENODEV);
	assert_says("the I2C controller is off");
	assert_says("dtparam=i2c_arm=on");
	assert_silent("modprobe");

	fake_kernel_add_file("sys/bus/i2c/devices/i2c-1/name", "bcm2835\n");
	assert_int_equal(open_bus(), -ENODEV);
	assert_says("sudo modprobe i2c-dev");
	assert_silent("dtparam");

	fake_kernel_add_file("sys/class/i2c-dev/i2c-1/name", "bcm2835\n");
	assert_int_equal(open_bus(), -ENODEV);
	assert_says("--device");
	assert_silent("modprobe");
}

static void test_not_allowed(void **state)
{
	(void)state;
	fake_kernel.open_error = EACCES;
	assert_int_equal(open_bus(), -EACCES);
	assert_says("group i2c");
	fake_kernel.open_error = EPERM;
	assert_int_equal(open_bus(), -EPERM);
	assert_says("--device");
}

static void test_nobody_answers(void **state)
{
	static const int errors[] = { EREMOTEIO, ENXIO, EIO, ENODEV };

	(void)state;
	fake_kernel_add_i2c();
	for (size_t k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
		fake_kernel.transfer_error = errors[k];
		assert_int_equal(open_bus(), -ENODEV);
		assert_says("no device acknowledged at 0x54");
	}
	fake_kernel.transfer_error = ETIMEDOUT;
	assert_int_equal(open_bus(), -ETIMEDOUT);
	assert_silent("acknowledged");
}

static void test_held_by_a_driver(void **state)
{
	(void)state;
	fake_kernel_add_i2c();
	fake_kernel.slave_error = EBUSY;
	assert_int_equal(open_bus(), -EBUSY);
	assert_says("kernel driver");
	assert_says("--i2c leds");
	assert_says("overlay");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_writes, init, fini),
		cmocka_unit_test_setup_teardown(test_calls_of_a_frame, init, fini),
		cmocka_unit_test_setup_teardown(test_no_node, init, fini),
		cmocka_unit_test_setup_teardown(test_not_allowed, init, fini),
		cmocka_unit_test_setup_teardown(test_nobody_answers, init, fini),
		cmocka_unit_test_setup_teardown(test_held_by_a_driver, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
