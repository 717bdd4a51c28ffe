/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The labels of the chips behind a Raspberry Pi's header. A Pi has exactly one
 * of them, so the order does not matter. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gpio_label.h"

static const char *const header_labels[] = { "pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835" };

static bool named(const struct glow_board_cfg *cfg)
{
	return cfg->gpio_chip && cfg->gpio_chip[0];
}

bool glow_label_fits(struct glow_labels *seen, const struct glow_board_cfg *cfg, const char *label)
{
	size_t used = strlen(seen->text);

	snprintf(seen->text + used, sizeof(seen->text) - used, "%s%s", used ? ", " : "", label);
	if (named(cfg))
		return strcmp(cfg->gpio_chip, label) == 0;
	for (size_t k = 0; k < sizeof(header_labels) / sizeof(header_labels[0]); k++)
		if (strcmp(header_labels[k], label) == 0)
			return true;
	return false;
}

int glow_labels_missing(const struct glow_labels *seen, const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	if (named(cfg))
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio_chip",
			      "no GPIO chip is labelled %s; the labels here are: %s", cfg->gpio_chip, seen->text);
	else
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "gpio_chip",
			      "no GPIO chip of a Raspberry Pi; name one of these with --gpio-chip: %s", seen->text);
	return -ENODEV;
}
