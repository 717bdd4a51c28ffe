/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* vgpio: one virtual Raspberry Pi's /sys/class/gpio, in user space.
 *
 * One process, one mount and one thread for each virtual node: requests of a
 * node are served in their order, which is the order of the edges on its wire,
 * nodes do not wait for each other, and each mount can be bound into a
 * container as its whole /sys. All read the same CLOCK_MONOTONIC, so the time
 * stamps of several nodes compare.
 *
 * SIGTERM unmounts, also while somebody still holds a file. Whoever kills this
 * process in another way has to unmount (libfuse's auto_unmount would do it,
 * but some time later, and then take down a new mount at the same place too). */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tree.h"

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* Signals come in only while we wait, so none is lost between the look at `stopped` and the wait. */
static void catch_signals(sigset_t *ret_waiting)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction action = { .sa_handler = stop };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t k = 0; k < sizeof(signals) / sizeof(signals[0]); k++) {
		sigaddset(&blocked, signals[k]);
		sigaction(signals[k], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, ret_waiting);
	signal(SIGPIPE, SIG_IGN);
}

static int serve(struct fuse_session *session, const sigset_t *waiting)
{
	struct fuse_buf request = { 0 };
	struct pollfd poll_fd = { .fd = fuse_session_fd(session), .events = POLLIN };
	int r = 0;

	fcntl(poll_fd.fd, F_SETFL, O_NONBLOCK);
	while (!stopped && !fuse_session_exited(session)) {
		if (ppoll(&poll_fd, 1, NULL, waiting) < 0)
			continue;
		r = fuse_session_receive_buf(session, &request);
		if (r > 0)
			fuse_session_process_buf(session, &request);
		else if (r != 0 && r != -EAGAIN && r != -EINTR)
			break;
	}
	free(request.mem);
	return r < 0 && r != -EAGAIN && r != -EINTR ? EX_OSERR : EX_OK;
}

/* NULL when libfuse refuses, which then says why. */
static struct fuse_session *make_session(struct vgpio_node *node)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session = NULL;
	int r = fuse_opt_add_arg(&args, "vgpio");

	if (r == 0)
		r = fuse_opt_add_arg(&args, "-ofsname=vgpio,default_permissions");
	/* Others than the superuser need a line in /etc/fuse.conf before they may let others in. */
	if (r == 0 && geteuid() == 0)
		r = fuse_opt_add_arg(&args, "-oallow_other");
	if (r == 0)
		session = fuse_session_new(&args, &vgpio_tree_ops, sizeof(vgpio_tree_ops), node);
	fuse_opt_free_args(&args);
	return session;
}

static int mount_and_serve(struct vgpio_node *node, const char *dir)
{
	struct fuse_session *session = make_session(node);
	sigset_t waiting;
	int status = EX_UNAVAILABLE;

	if (!session)
		return EX_SOFTWARE;
	catch_signals(&waiting);
	if (fuse_session_mount(session, dir) == 0) {
		status = serve(session, &waiting);
		fuse_session_unmount(session);
	}
	fuse_session_destroy(session);
	return status;
}

/* ---- options ---- */

static const char usage[] =
	"usage: vgpio [option...] <directory to mount on>\n"
	"  --out FILE      append what the LEDs show, a JSON line for each change (default: nowhere)\n"
	"  --base N        number of the chip's first line (512)\n"
	"  --ngpio N       lines of the chip (54)\n"
	"  --label TEXT    label of the chip (pinctrl-bcm2835)\n"
	"  --data LINE     line of the LEDs' data (23)\n"
	"  --clock LINE    line of the LEDs' clock (24)\n"
	"  --pixels N      LEDs on the chain (8)\n"
	"  --gid N         give export, unexport and lines to this group (default: do not)\n"
	"  --udev-ms N     lines so long after their export (0)\n"
	"The file `control` in the directory takes busy LINE, free LINE, vanish, return, read-only,\n"
	"read-write, forbid, allow, and tells the state as JSON.\n";

struct options {
	unsigned base, ngpio, data, clock, pixels, gid, udev_ms;
	const char *label, *out;
};

static bool read_number(const char *text, unsigned max, unsigned *ret_number)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || end == text || *end || v > max)
		return false;
	*ret_number = (unsigned)v;
	return true;
}

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "base", 1, NULL, 'b' }, { "ngpio", 1, NULL, 'n' },   { "label", 1, NULL, 'l' },
		{ "data", 1, NULL, 'd' }, { "clock", 1, NULL, 'c' },   { "pixels", 1, NULL, 'p' },
		{ "gid", 1, NULL, 'g' },  { "udev-ms", 1, NULL, 'u' }, { "out", 1, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		bool fine = true;

		switch (c) {
		case 'b':
			fine = read_number(optarg, 1 << 20, &o->base);
			break;
		case 'n':
			fine = read_number(optarg, VGPIO_LINES_MAX, &o->ngpio);
			break;
		case 'd':
			fine = read_number(optarg, VGPIO_LINES_MAX - 1, &o->data);
			break;
		case 'c':
			fine = read_number(optarg, VGPIO_LINES_MAX - 1, &o->clock);
			break;
		case 'p':
			fine = read_number(optarg, VGPIO_PIXELS_MAX, &o->pixels);
			break;
		case 'g':
			fine = read_number(optarg, (unsigned)-2, &o->gid);
			break;
		case 'u':
			fine = read_number(optarg, 60000, &o->udev_ms);
			break;
		case 'l':
			o->label = optarg;
			break;
		case 'o':
			o->out = optarg;
			break;
		default:
			return false;
		}
		if (!fine) {
			fprintf(stderr, "vgpio: not a number, or too large: %s\n", optarg);
			return false;
		}
	}
	return optind == argc - 1 && o->ngpio && o->pixels;
}

static int open_out(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0)
		fprintf(stderr, "vgpio: cannot append to %s: %s\n", path, strerror(errno));
	return fd;
}

int main(int argc, char **argv)
{
	struct options o = { .base = 512,
			     .ngpio = 54,
			     .data = 23,
			     .clock = 24,
			     .pixels = 8,
			     .gid = (unsigned)-1,
			     .label = "pinctrl-bcm2835",
			     .out = "/dev/null" };
	struct vgpio_node node;

	if (!read_options(argc, argv, &o)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	node = (struct vgpio_node){ .chip = { .base = o.base, .ngpio = o.ngpio },
				    .label = o.label,
				    .data = o.data,
				    .clock = o.clock,
				    .out_fd = open_out(o.out),
				    .handed_over = o.gid != (unsigned)-1,
				    .gid = o.gid,
				    .hand_over_ns = o.udev_ms * INT64_C(1000000) };
	if (node.out_fd < 0)
		return EX_CANTCREAT;
	vgpio_leds_init(&node.leds, o.pixels);
	return mount_and_serve(&node, argv[optind]);
}
