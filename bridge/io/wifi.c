/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The old wireless ioctl is answered by every driver of a Pi, needs no library
 * and no privilege; nl80211 would tell the same for ten times the code. */

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/wireless.h> /* after <net/if.h>, whose names it then leaves alone */

#include <glow/meter.h>

static bool sleeps(int fd, const char *name)
{
	struct iwreq request = { .u.power.flags = 0 };

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	return ioctl(fd, SIOCGIWPOWER, &request) == 0 && !request.u.power.disabled;
}

bool glow_wifi_sleeps(void)
{
	struct if_nameindex *all = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool found = false;

	for (struct if_nameindex *i = all; fd >= 0 && i && i->if_index; i++)
		found = found || sleeps(fd, i->if_name);
	if (fd >= 0)
		close(fd);
	if (all)
		if_freenameindex(all);
	return found;
}
