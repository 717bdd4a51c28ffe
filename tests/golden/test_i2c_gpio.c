/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* I2C on two GPIO lines, down to the edges: an SN3218 on a fake kernel's sysfs
 * lines reads the bus as the I2C specification says, and aborts the test when
 * both lines change at once. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <glow/leds.h>

#include "fake_kernel.h"

static struct glow_board_cfg cfg;
static struct glow_i2c *bus;
static struct glow_diag diag;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	memset(&diag, 0, sizeof(diag));
	cfg = fake_kernel_cfg();
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
	return glow_i2c_open_gpio(&cfg, 0x54, &bus, &diag);
}

static void assert_says(const char *words)
{
	if (!strstr(diag.what, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.what, words);
}

static void test_writes(void **state)
{
	static const uint8_t block[4] = { 0x00, 0xFF, 0xA5, 0x5A };
	const struct fake_wires *w = &fake_kernel.i2c_wires;

	(void)state;
	assert_int_equal(open_bus(), 0);
	assert_string_equal(bus->backend, "i2c-gpio:sysfs:512");
	assert_int_equal(w->starts, 1); /* the question */
	assert_int_equal(w->n, 2);
	assert_int_equal(fake_kernel.chip.n, 0);

	assert_int_equal(bus->ops->write(bus, 0x00, (const uint8_t[]){ 1 }, 1), 0);
	assert_int_equal(bus->ops->write(bus, 0x02, block, 4), 0);
	assert_int_equal(w->starts, 3);
	assert_int_equal(w->stops, 3);
	assert_true(w->sda && w->scl);
	assert_int_equal(fake_kernel.chip.n, 2);
	assert_int_equal(fake_kernel.chip.reg[0], 1);
	assert_memory_equal(fake_kernel.chip.reg + 2, block, 4);
	assert_int_equal(bus->ops->write(bus, 0, block, 0), -EINVAL);
	assert_int_equal(bus->ops->write(bus, 0, block, 33), -EINVAL);
	glow_i2c_close(bus);
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio514/direction"), ""); /* given back */
}

/* Two steps for each of 207 clocks and for START and STOP, and SDA's changes. */
static void test_edges_of_a_frame(void **state)
{
	struct fake_wires *w = &fake_kernel.i2c_wires;
	uint8_t levels[GLOW_SN3218_OUTPUTS] = { 0 };
	struct glow_leds *leds;

	(void)state;
	assert_int_equal(open_bus(), 0);
	assert_int_equal(glow_leds_open_sn3218(bus, &leds), 0);
	assert_int_equal(leds->ops->show(leds, levels), 0); /* the first starts the chip */
	for (int k = 0; k < 3; k++) {
		memset(levels, k == 0 ? 0 : k == 1 ? 0xFF : 0xAA, sizeof(levels));
		w->edges = 0;
		assert_int_equal(leds->ops->show(leds, levels), 0);
		assert_true(w->edges >= 2 * 9 * 23);
		assert_true(w->edges <= 3 * 9 * 23 + 8);
	}
	glow_leds_close(leds);
}

static void test_nobody_answers(void **state)
{
	static const uint8_t block[3] = { 1, 2, 3 };
	struct fake_wires *w = &fake_kernel.i2c_wires;

	(void)state;
	w->addr = 0x55;
	assert_int_equal(open_bus(), -ENODEV);
	assert_says("no device acknowledged at 0x54 on GPIO 2 and 3");
	w->addr = 0x54;
	assert_int_equal(open_bus(), 0);
	w->addr = 0; /* pulled off */
	assert_int_equal(bus->ops->write(bus, 1, block, 3), -EREMOTEIO);
	assert_int_equal(w->starts, w->stops); /* the bus is free all the same */
	w->addr = 0x54;
	assert_int_equal(bus->ops->write(bus, 1, block, 3), 0);
	glow_i2c_close(bus);
}

/* The process before us was killed while the chip acknowledged. */
static void test_cut_short(void **state)
{
	struct fake_wires *w = &fake_kernel.i2c_wires;

	(void)state;
	w->pulls_sda = true;
	assert_int_equal(open_bus(), 0);
	assert_false(w->pulls_sda);
	glow_i2c_close(bus);
}

static void test_no_bus(void **state)
{
	(void)state;
	fake_kernel_add_file("sys/class/gpio/gpio515/direction", "in\n");
	fake_kernel_add_file("sys/class/gpio/gpio515/value", "0\n"); /* SCL, without a resistor */
	assert_int_equal(open_bus(), -ENODEV);
	assert_says("GPIO 2 or 3 stays low");
	assert_int_equal(fake_kernel.i2c_wires.starts, 0);
	fake_kernel_add_file("sys/class/gpio/gpio515/value", "1\n");
	assert_int_equal(open_bus(), 0);
	glow_i2c_close(bus);
}

static void test_trouble(void **state)
{
	(void)state;
	fake_kernel.claimed_line = 515;
	assert_int_equal(open_bus(), -EBUSY);
	assert_says("GPIO 3 is held");
	fake_kernel.claimed_line = 0;
	assert_int_equal(open_bus(), 0);
	fake_kernel.gone = true;
	assert_int_equal(bus->ops->write(bus, 0, (const uint8_t[]){ 1 }, 1), -ENODEV);
	glow_i2c_close(bus);
}

/* Nobody loses the I2C controller's pins without having asked for it. */
/* promise: looking-takes-nothing */
static void test_never_by_itself(void **state)
{
	struct glow_board *board;

	(void)state;
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), -ENODEV);
	assert_int_equal(fake_kernel.i2c_wires.edges, 0);
	cfg.i2c = "gpio";
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), 0);
	assert_true(fake_kernel.i2c_wires.edges > 0);
	assert_string_equal(board->backend, "i2c-gpio:sysfs:512");
	assert_non_null(strstr(board->note, "I2C controller has lost"));
	glow_board_close(board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_writes, init, fini),
		cmocka_unit_test_setup_teardown(test_edges_of_a_frame, init, fini),
		cmocka_unit_test_setup_teardown(test_nobody_answers, init, fini),
		cmocka_unit_test_setup_teardown(test_cut_short, init, fini),
		cmocka_unit_test_setup_teardown(test_no_bus, init, fini),
		cmocka_unit_test_setup_teardown(test_trouble, init, fini),
		cmocka_unit_test_setup_teardown(test_never_by_itself, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
