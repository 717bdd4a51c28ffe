/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Colours in the forms that other programs send, as the sRGB that we show. All of them say which colour, and
 * none how bright: the brightest channel is full.
 *
 * Hue and saturation are those of HSV with V = 1, as Home Assistant means them: 0..360 degrees, 0..100 per cent
 * (A. R. Smith, "Color Gamut Transform Pairs", SIGGRAPH 1978).
 *
 * x and y are chromaticities of CIE 1931 (2 degrees). They become linear RGB by the matrix of IEC 61966-2-1 (sRGB,
 * white D65), what lies outside of its triangle is cut off, and the result gets the transfer curve of that standard.
 *
 * A colour temperature is a point of the Planckian locus, by the cubic splines of Kim et al. ("Design of advanced
 * color temperature control system for HDTV applications", J. Korean Phys. Soc. 41, 2002), which hold from 1667 to
 * 25000 K; beyond, the nearer end is taken. 1 mired is 10^6 / K. */

#include <cjson/cJSON.h>

#include <glow/color.h>
#include <glow/diag.h>

/** What is accepted as a colour temperature. */
#define GLOW_KELVIN_MIN 1000
#define GLOW_KELVIN_MAX 40000
#define GLOW_MIRED_MIN  25
#define GLOW_MIRED_MAX  1000

/** h 0..360, s 0..100. */
struct glow_rgb glow_color_of_hs(double h, double s);

/** Each 0..1. */
struct glow_rgb glow_color_of_xy(double x, double y);

/** Above 0. */
struct glow_rgb glow_color_of_kelvin(double kelvin);

/** One of {"r","g","b"} (0..255), {"h","s"} or {"hue","saturation"}, {"x","y"}, {"hex":"#rrggbb"}; where several are
 * there, the first of these. As the readers of glow/json.h: GLOW_OK, or diag with `where` or a path below it. Members
 * that are not of that form are ignored, and diag says so. */
enum glow_code glow_color_form_read(const cJSON *object, const char *where, struct glow_rgb *ret_color,
				    struct glow_diag *diag);

/** A number of kelvin, or of mired. */
enum glow_code glow_color_kelvin_read(const cJSON *item, const char *where, struct glow_rgb *ret_color,
				      struct glow_diag *diag);
enum glow_code glow_color_mired_read(const cJSON *item, const char *where, struct glow_rgb *ret_color,
				     struct glow_diag *diag);
