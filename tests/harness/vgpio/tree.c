/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The kernel asks by inode number, so the number says it all: a row of the
 * table of what is always there, or a line, which of its files, and of which
 * export. A descriptor that outlives its line carries a serial that no line has
 * any more, and gets ENODEV as from sysfs, also when the line is back.
 *
 * Nothing is cached (a name may be gone the next moment) and files are read and
 * written directly, so each write() of a program is one request here. Rights
 * are checked by the kernel from the modes (default_permissions). */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tree.h"

#define SYSFS_FILE_SIZE 4096 /* what sysfs says of each file, and the most that a write can carry */
#define LIST_SIZE       8192

enum {
	ROOT = FUSE_ROOT_ID,
	CONTROL,
	CLASS,
	CLASS_GPIO,
	EXPORT,
	UNEXPORT,
	CHIP_LINK,
	DEVICES,
	PLATFORM,
	SOC,
	CONTROLLER,
	CONTROLLER_GPIO,
	CHIP_CLASS,
	BASE,
	LABEL,
	NGPIO,
	CHIP,
	CHIP_GPIO,
	FIXED_END,
};

/* What a line has: a link in class/gpio, and a directory with two files in devices. */
enum line_file { LINK, DIRECTORY, DIRECTION, VALUE };

struct row {
	fuse_ino_t parent;
	const char *name; /* NULL: gpiochip<base> */
	mode_t mode;
	bool of_chip; /* there only while the chip is */
};

static const struct row rows[FIXED_END] = {
	[ROOT] = { 0, "", S_IFDIR | 0755, false },
	[CONTROL] = { ROOT, "control", S_IFREG | 0644, false },
	[CLASS] = { ROOT, "class", S_IFDIR | 0755, false },
	[CLASS_GPIO] = { CLASS, "gpio", S_IFDIR | 0755, false },
	[EXPORT] = { CLASS_GPIO, "export", S_IFREG | 0200, false },
	[UNEXPORT] = { CLASS_GPIO, "unexport", S_IFREG | 0200, false },
	[CHIP_LINK] = { CLASS_GPIO, NULL, S_IFLNK | 0777, true },
	[DEVICES] = { ROOT, "devices", S_IFDIR | 0755, false },
	[PLATFORM] = { DEVICES, "platform", S_IFDIR | 0755, false },
	[SOC] = { PLATFORM, "soc", S_IFDIR | 0755, false },
	[CONTROLLER] = { SOC, "3f200000.gpio", S_IFDIR | 0755, true },
	[CONTROLLER_GPIO] = { CONTROLLER, "gpio", S_IFDIR | 0755, true },
	[CHIP_CLASS] = { CONTROLLER_GPIO, NULL, S_IFDIR | 0755, true },
	[BASE] = { CHIP_CLASS, "base", S_IFREG | 0444, true },
	[LABEL] = { CHIP_CLASS, "label", S_IFREG | 0444, true },
	[NGPIO] = { CHIP_CLASS, "ngpio", S_IFREG | 0444, true },
	[CHIP] = { CONTROLLER, "gpiochip0", S_IFDIR | 0755, true },
	[CHIP_GPIO] = { CHIP, "gpio", S_IFDIR | 0755, true },
};

#define CONTROLLER_PATH "../../devices/platform/soc/3f200000.gpio" /* from class/gpio */

static struct vgpio_node *node_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* ---- inode numbers ---- */

static fuse_ino_t line_ino(const struct vgpio_node *n, unsigned line, enum line_file file)
{
	return (fuse_ino_t)n->chip.line[line].serial << 16 | line << 8 | file;
}

static unsigned line_of(fuse_ino_t ino)
{
	return ino >> 8 & 0xff;
}

static enum line_file file_of(fuse_ino_t ino)
{
	return (enum line_file)(ino & 0xff);
}

static bool is_fixed(fuse_ino_t ino)
{
	return ino < FIXED_END;
}

static bool is_alive(const struct vgpio_node *n, fuse_ino_t ino)
{
	const struct vgpio_line *line = &n->chip.line[line_of(ino)];

	if (is_fixed(ino))
		return !(rows[ino].of_chip && n->chip.gone);
	return line->exported && line->serial == ino >> 16;
}

static bool holds_lines(fuse_ino_t dir)
{
	return dir == CLASS_GPIO || dir == CHIP_GPIO;
}

static void chip_name(const struct vgpio_node *n, fuse_ino_t ino, char *ret_name, size_t size)
{
	if (rows[ino].name)
		snprintf(ret_name, size, "%s", rows[ino].name);
	else
		snprintf(ret_name, size, "gpiochip%u", n->chip.base);
}

/* ---- directories ---- */

/* The k-th entry of a directory: false behind its end; a number of 0 when there is no k-th at present. */
static bool entry_at(const struct vgpio_node *n, fuse_ino_t dir, unsigned k, char *ret_name, size_t size,
		     fuse_ino_t *ret_ino)
{
	static const char *const line_files[] = { [DIRECTION] = "direction", [VALUE] = "value" };

	*ret_ino = 0;
	if (!is_fixed(dir)) {
		if (file_of(dir) != DIRECTORY || k >= 2)
			return false;
		*ret_ino = line_ino(n, line_of(dir), DIRECTION + k);
		snprintf(ret_name, size, "%s", line_files[DIRECTION + k]);
		return true;
	}
	if (k < FIXED_END) {
		if (rows[k].parent == dir && is_alive(n, k)) {
			*ret_ino = k;
			chip_name(n, k, ret_name, size);
		}
		return true;
	}
	k -= FIXED_END;
	if (!holds_lines(dir) || k >= n->chip.ngpio)
		return false;
	if (n->chip.line[k].exported) {
		*ret_ino = line_ino(n, k, dir == CLASS_GPIO ? LINK : DIRECTORY);
		snprintf(ret_name, size, "gpio%u", n->chip.base + k);
	}
	return true;
}

static fuse_ino_t find(const struct vgpio_node *n, fuse_ino_t dir, const char *name)
{
	char entry[32];
	fuse_ino_t ino;

	if (!is_alive(n, dir))
		return 0;
	for (unsigned k = 0; entry_at(n, dir, k, entry, sizeof(entry), &ino); k++)
		if (ino && strcmp(entry, name) == 0)
			return ino;
	return 0;
}

/* ---- attributes ---- */

/* Fresh files of a line are the kernel's; then udev gives them to a group. */
static void line_attr(const struct vgpio_node *n, fuse_ino_t ino, struct stat *ret_st)
{
	int64_t age_ns = now_ns() - n->chip.line[line_of(ino)].since_ns;

	switch (file_of(ino)) {
	case LINK:
		ret_st->st_mode = S_IFLNK | 0777;
		return;
	case DIRECTORY:
		ret_st->st_mode = S_IFDIR | 0755;
		return;
	default:
		ret_st->st_mode = S_IFREG | 0644;
	}
	if (n->handed_over && age_ns >= n->hand_over_ns) {
		ret_st->st_mode |= 0020;
		ret_st->st_gid = n->gid;
	}
}

static void get_attr(const struct vgpio_node *n, fuse_ino_t ino, struct stat *ret_st)
{
	*ret_st = (struct stat){ .st_ino = ino, .st_nlink = 1, .st_uid = geteuid(), .st_gid = getegid() };
	if (is_fixed(ino))
		ret_st->st_mode = rows[ino].mode;
	else
		line_attr(n, ino, ret_st);
	if ((ino == EXPORT || ino == UNEXPORT) && n->handed_over) {
		ret_st->st_mode |= 0020;
		ret_st->st_gid = n->gid;
	}
	ret_st->st_size = S_ISREG(ret_st->st_mode) ? SYSFS_FILE_SIZE : 0;
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct vgpio_node *n = node_of(req);
	struct fuse_entry_param entry = { .ino = find(n, parent, name) };

	if (!entry.ino) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	get_attr(n, entry.ino, &entry.attr);
	fuse_reply_entry(req, &entry);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *file)
{
	struct stat st;

	(void)file;
	get_attr(node_of(req), ino, &st);
	fuse_reply_attr(req, &st, 0);
}

/* Truncation, which a shell's `>` does first, changes nothing in sysfs. */
static void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set, struct fuse_file_info *file)
{
	(void)attr;
	if (to_set & (FUSE_SET_ATTR_MODE | FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
		fuse_reply_err(req, EPERM);
	else
		op_getattr(req, ino, file);
}

static void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct vgpio_node *n = node_of(req);
	char target[128];

	if (is_fixed(ino))
		snprintf(target, sizeof(target), CONTROLLER_PATH "/gpio/gpiochip%u", n->chip.base);
	else
		snprintf(target, sizeof(target), CONTROLLER_PATH "/gpiochip0/gpio/gpio%u", n->chip.base + line_of(ino));
	fuse_reply_readlink(req, target);
}

static void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *file)
{
	struct vgpio_node *n = node_of(req);
	char list[LIST_SIZE], name[32];
	size_t used = 0;
	fuse_ino_t entry;

	(void)file;
	if (size > sizeof(list))
		size = sizeof(list);
	for (unsigned k = (unsigned)off; entry_at(n, ino, k, name, sizeof(name), &entry); k++) {
		struct stat st;
		size_t len;

		if (!entry)
			continue;
		get_attr(n, entry, &st);
		len = fuse_add_direntry(req, list + used, size - used, name, &st, (off_t)k + 1);
		if (len > size - used)
			break;
		used += len;
	}
	fuse_reply_buf(req, list, used);
}

/* ---- files ---- */

static bool can_read(fuse_ino_t ino)
{
	return ino != EXPORT && ino != UNEXPORT;
}

static bool can_write(fuse_ino_t ino)
{
	return !is_fixed(ino) || ino == EXPORT || ino == UNEXPORT || ino == CONTROL;
}

/* sysfs refuses the superuser too what a file cannot do. */
static int open_error(const struct vgpio_node *n, fuse_ino_t ino, int flags)
{
	bool reads = (flags & O_ACCMODE) != O_WRONLY, writes = (flags & O_ACCMODE) != O_RDONLY;

	if (writes && ino != CONTROL && n->read_only)
		return EROFS;
	if (writes && ino != CONTROL && n->forbidden)
		return EACCES;
	if (!is_alive(n, ino))
		return ENODEV;
	return (reads && !can_read(ino)) || (writes && !can_write(ino)) ? EACCES : 0;
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *file)
{
	int error = open_error(node_of(req), ino, file->flags);

	if (error) {
		fuse_reply_err(req, error);
		return;
	}
	file->direct_io = 1;
	file->noflush = 1;
	fuse_reply_open(req, file);
}

static void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *file)
{
	(void)parent;
	(void)name;
	(void)mode;
	(void)file;
	fuse_reply_err(req, EACCES);
}

static size_t read_fixed(const struct vgpio_node *n, fuse_ino_t ino, char *ret_text, size_t size)
{
	if (ino == CONTROL)
		return vgpio_node_report(n, ret_text, size);
	if (ino == LABEL)
		return (size_t)snprintf(ret_text, size, "%s\n", n->label);
	return (size_t)snprintf(ret_text, size, "%u\n", ino == BASE ? n->chip.base : n->chip.ngpio);
}

static size_t read_line(const struct vgpio_node *n, fuse_ino_t ino, char *ret_text, size_t size)
{
	unsigned line = line_of(ino);

	if (file_of(ino) == DIRECTION)
		return (size_t)snprintf(ret_text, size, "%s\n", n->chip.line[line].out ? "out" : "in");
	return (size_t)snprintf(ret_text, size, "%d\n", vgpio_chip_level(&n->chip, line));
}

static void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *file)
{
	const struct vgpio_node *n = node_of(req);
	char text[SYSFS_FILE_SIZE];
	size_t len;

	(void)file;
	if (!is_alive(n, ino)) {
		fuse_reply_err(req, ENODEV);
		return;
	}
	len = is_fixed(ino) ? read_fixed(n, ino, text, sizeof(text)) : read_line(n, ino, text, sizeof(text));
	if ((size_t)off >= len)
		fuse_reply_buf(req, NULL, 0);
	else
		fuse_reply_buf(req, text + off, len - (size_t)off < size ? len - (size_t)off : size);
}

static int write_text(struct vgpio_node *n, fuse_ino_t ino, const char *text, int64_t at_ns)
{
	if (!is_alive(n, ino))
		return -ENODEV;
	if (ino == CONTROL)
		return vgpio_node_control(n, text);
	if (ino == EXPORT)
		return vgpio_chip_export(&n->chip, text, at_ns);
	if (ino == UNEXPORT)
		return vgpio_chip_unexport(&n->chip, text);
	n->writes++;
	if (file_of(ino) == DIRECTION)
		return vgpio_chip_direction(&n->chip, line_of(ino), text);
	return vgpio_chip_value(&n->chip, line_of(ino), text);
}

/* As in sysfs a write is the whole new content wherever its offset points. */
static void op_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t off,
		     struct fuse_file_info *file)
{
	struct vgpio_node *n = node_of(req);
	int64_t at_ns = now_ns();
	char text[SYSFS_FILE_SIZE];
	int r;

	(void)off;
	(void)file;
	if (size >= sizeof(text)) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	r = write_text(n, ino, text, at_ns);
	n->refused += r < 0;
	vgpio_node_wires(n, at_ns);
	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_write(req, size);
}

const struct fuse_lowlevel_ops vgpio_tree_ops = {
	.lookup = op_lookup,
	.getattr = op_getattr,
	.setattr = op_setattr,
	.readlink = op_readlink,
	.readdir = op_readdir,
	.open = op_open,
	.create = op_create,
	.read = op_read,
	.write = op_write,
};
