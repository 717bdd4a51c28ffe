/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glow/color_forms.h>
#include <glow/json.h>

#define SPLINE_MIN_K 1667.0
#define SPLINE_MAX_K 25000.0
#define Y_MIN        1e-6 /* no light of any kind comes near; it keeps the quotients finite */

static uint8_t byte_of(double part)
{
	return (uint8_t)floor(part * 255 + 0.5);
}

static double hs_channel(double n, double h, double s)
{
	double k = fmod(n + h / 60, 6);

	return 1 - s * fmax(0, fmin(fmin(k, 4 - k), 1));
}

struct glow_rgb glow_color_of_hs(double h, double s)
{
	return (struct glow_rgb){ byte_of(hs_channel(5, h, s / 100)), byte_of(hs_channel(3, h, s / 100)),
				  byte_of(hs_channel(1, h, s / 100)) };
}

static double srgb_curve(double linear)
{
	return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

struct glow_rgb glow_color_of_xy(double x, double y)
{
	static const double matrix[3][3] = { { 3.2406, -1.5372, -0.4986 },
					     { -0.9689, 1.8758, 0.0415 },
					     { 0.0557, -0.2040, 1.0570 } };
	double safe = fmax(y, Y_MIN), xyz[3] = { x / safe, 1, fmax(0, 1 - x - y) / safe };
	double linear[3], most = 0;

	for (int k = 0; k < 3; k++) {
		linear[k] = fmax(0, matrix[k][0] * xyz[0] + matrix[k][1] * xyz[1] + matrix[k][2] * xyz[2]);
		most = fmax(most, linear[k]);
	}
	return (struct glow_rgb){ byte_of(srgb_curve(linear[0] / most)), byte_of(srgb_curve(linear[1] / most)),
				  byte_of(srgb_curve(linear[2] / most)) };
}

static double cubic(const double c[4], double t)
{
	return ((c[0] * t + c[1]) * t + c[2]) * t + c[3];
}

struct glow_rgb glow_color_of_kelvin(double kelvin)
{
	/* x by 1000 / K, then y by x; warmest first. */
	static const double x_warm[4] = { -0.2661239, -0.2343589, 0.8776956, 0.179910 };
	static const double x_cold[4] = { -3.0258469, 2.1070379, 0.2226347, 0.240390 };
	static const double y_warmest[4] = { -1.1063814, -1.34811020, 2.18555832, -0.20219683 };
	static const double y_warm[4] = { -0.9549476, -1.37418593, 2.09137015, -0.16748867 };
	static const double y_cold[4] = { 3.0817580, -5.87338670, 3.75112997, -0.37001483 };
	double k = fmin(fmax(kelvin, SPLINE_MIN_K), SPLINE_MAX_K);
	double x = cubic(k <= 4000 ? x_warm : x_cold, 1000 / k);

	return glow_color_of_xy(x, cubic(k <= 2222 ? y_warmest : k <= 4000 ? y_warm : y_cold, x));
}

/* ---- reading ---- */

enum { PATH_SIZE = 96 };

static void path_of(char path[PATH_SIZE], const char *where, const char *name)
{
	snprintf(path, PATH_SIZE, "%.60s.%.30s", where, name);
}

static enum glow_code read_member(const cJSON *object, const char *where, const char *name, double max,
				  double *ret_value, struct glow_diag *diag)
{
	char path[PATH_SIZE];

	path_of(path, where, name);
	return glow_json_number(glow_json_given(object, name), path, 0, max, ret_value, diag);
}

static enum glow_code read_rgb(const cJSON *object, const char *where, struct glow_rgb *ret_color,
			       struct glow_diag *diag)
{
	static const char *const names[3] = { "r", "g", "b" };
	uint8_t *channels[3] = { &ret_color->r, &ret_color->g, &ret_color->b };
	int64_t v[3];

	for (int k = 0; k < 3; k++) {
		char path[PATH_SIZE];

		path_of(path, where, names[k]);
		if (glow_json_int(glow_json_given(object, names[k]), path, 0, 255, &v[k], diag) != GLOW_OK)
			return diag->code;
	}
	for (int k = 0; k < 3; k++)
		*channels[k] = (uint8_t)v[k];
	return GLOW_OK;
}

static enum glow_code read_hs(const cJSON *object, const char *where, const char *const names[2],
			      struct glow_rgb *ret_color, struct glow_diag *diag)
{
	double h, s;

	if (read_member(object, where, names[0], 360, &h, diag) != GLOW_OK ||
	    read_member(object, where, names[1], 100, &s, diag) != GLOW_OK)
		return diag->code;
	*ret_color = glow_color_of_hs(h, s);
	return GLOW_OK;
}

static enum glow_code read_xy(const cJSON *object, const char *where, struct glow_rgb *ret_color,
			      struct glow_diag *diag)
{
	double x, y;

	if (read_member(object, where, "x", 1, &x, diag) != GLOW_OK ||
	    read_member(object, where, "y", 1, &y, diag) != GLOW_OK)
		return diag->code;
	*ret_color = glow_color_of_xy(x, y);
	return GLOW_OK;
}

/* With or without its #. */
static enum glow_code read_hex(const cJSON *object, const char *where, struct glow_rgb *ret_color,
			       struct glow_diag *diag)
{
	const cJSON *item = glow_json_given(object, "hex");
	char path[PATH_SIZE], text[9];

	path_of(path, where, "hex");
	if (!cJSON_IsString(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, path, "must be a string");
	snprintf(text, sizeof(text), "#%s", item->valuestring + (item->valuestring[0] == '#'));
	if (!glow_color_parse(text, strlen(text), ret_color))
		return glow_diag_set(diag, GLOW_UNKNOWN_COLOR, path, "\"%.40s\" is not #rrggbb or #rgb",
				     item->valuestring);
	return GLOW_OK;
}

static const struct form {
	const char *names[3];
	enum { RGB, HS, XY, HEX } kind;
} forms[] = { { { "r", "g", "b" }, RGB },
	      { { "h", "s" }, HS },
	      { { "hue", "saturation" }, HS },
	      { { "x", "y" }, XY },
	      { { "hex" }, HEX } };

static bool has_name(const struct form *form, const char *name)
{
	for (int k = 0; k < 3 && form->names[k]; k++)
		if (strcmp(form->names[k], name) == 0)
			return true;
	return false;
}

/* The first form of which a member is there; what says no colour at all lacks red, green and blue. */
static const struct form *form_of(const cJSON *object)
{
	for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++)
		for (const cJSON *item = object->child; item; item = item->next)
			if (!cJSON_IsNull(item) && has_name(&forms[f], item->string))
				return &forms[f];
	return &forms[0];
}

enum glow_code glow_color_form_read(const cJSON *object, const char *where, struct glow_rgb *ret_color,
				    struct glow_diag *diag)
{
	const struct form *form = form_of(object);
	enum glow_code code;

	switch (form->kind) {
	case HS:
		code = read_hs(object, where, form->names, ret_color, diag);
		break;
	case XY:
		code = read_xy(object, where, ret_color, diag);
		break;
	case HEX:
		code = read_hex(object, where, ret_color, diag);
		break;
	default:
		code = read_rgb(object, where, ret_color, diag);
	}
	for (const cJSON *item = object->child; code == GLOW_OK && item; item = item->next) {
		char path[PATH_SIZE];

		path_of(path, where, item->string);
		if (!cJSON_IsNull(item) && !has_name(form, item->string))
			glow_diag_ignore(diag, path);
	}
	return code;
}

enum glow_code glow_color_kelvin_read(const cJSON *item, const char *where, struct glow_rgb *ret_color,
				      struct glow_diag *diag)
{
	double kelvin;

	if (glow_json_number(item, where, GLOW_KELVIN_MIN, GLOW_KELVIN_MAX, &kelvin, diag) != GLOW_OK)
		return diag->code;
	*ret_color = glow_color_of_kelvin(kelvin);
	return GLOW_OK;
}

enum glow_code glow_color_mired_read(const cJSON *item, const char *where, struct glow_rgb *ret_color,
				     struct glow_diag *diag)
{
	double mired;

	if (glow_json_number(item, where, GLOW_MIRED_MIN, GLOW_MIRED_MAX, &mired, diag) != GLOW_OK)
		return diag->code;
	*ret_color = glow_color_of_kelvin(1e6 / mired);
	return GLOW_OK;
}
